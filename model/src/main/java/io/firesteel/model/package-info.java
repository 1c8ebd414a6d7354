/** A language model loaded once, and the conversations held with it. */
package io.firesteel.model;
