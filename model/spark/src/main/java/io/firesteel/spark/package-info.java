/**
 * Offline generation over many machines, as a job of Apache Spark: a Dataset of prompts becomes a
 * Dataset of answers.
 */
package io.firesteel.spark;
