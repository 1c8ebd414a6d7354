/** Tools for models to call, made of Java methods and records, and JSON schemas of Java types. */
package io.firesteel.model.tool;
