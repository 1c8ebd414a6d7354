/**
 * The engine SPI: what runs a model's decode graph. Engines are found with {@link
 * java.util.ServiceLoader}, so that nothing here names one.
 */
package io.firesteel.model.engine;
