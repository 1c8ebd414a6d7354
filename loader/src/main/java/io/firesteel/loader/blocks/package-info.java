/**
 * The block formats of GGUF tensors: how each is laid out, dequantised and quantised. One class for
 * each family of formats, found by {@link io.firesteel.loader.blocks.BlockCodec#of}.
 */
package io.firesteel.loader.blocks;
