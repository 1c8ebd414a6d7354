/** The yardstick: every op written down as plainly as possible, in double precision. Slow. */
package io.firesteel.model.reference;
