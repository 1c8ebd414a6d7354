package io.firesteel.tornado.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.tornado.kernels.Argument;
import java.util.List;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

class EntryNameTest {
  @Test
  void joinsGraphTaskEntryAndArgumentsInLowerCase() {
    assertEquals(
        "layers_t1_ptx_8x1x1x256_attn_out_arrays_floatarray_arrays_intarray_1",
        EntryName.of(
            "layers",
            "t1_ptx_8x1x1x256",
            "attn_out",
            List.of(
                Argument.in(new FloatArray(1)), Argument.in(new IntArray(1)), Argument.scalar(1))));
  }

  @Test
  void numbersLoseSignAndPoint() {
    assertEquals(
        "g_t_k_3_0_25",
        EntryName.of("g", "t", "k", List.of(Argument.scalar(-3), Argument.scalar(0.25f))));
  }
}
