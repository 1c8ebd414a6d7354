/**
 * What all protocols share: reading fields, running answers of the model for a client that may
 * vanish, and turning what goes wrong into errors.
 */
package io.firesteel.server.serving;
