/** The program's configuration: one typed object made from {@code tornado.properties}. */
package io.firesteel.model.config;
