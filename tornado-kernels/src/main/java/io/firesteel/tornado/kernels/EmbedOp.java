package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.out;
import static io.firesteel.tornado.kernels.Argument.scalar;

import java.util.List;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@code x[r] = table[tokens[r]]}, dequantised: one work item for each element. Moves the bytes of
 * one row of the table and 4 bytes an element.
 */
public final class EmbedOp {
  private EmbedOp() {}

  /**
   * The launches.
   *
   * @param tokens token id of each row
   * @param x output, {@code rows * table.columns()}
   */
  public static List<KernelTask> tasks(Weights table, IntArray tokens, FloatArray x, int rows) {
    int items = rows * table.columns();
    Geometry geometry = Geometry.ofItems(items);
    return List.of(
        switch (table.type()) {
          case F32 ->
              KernelTask.of(
                  EmbedOp.class,
                  "floats",
                  geometry,
                  in(table.floats()),
                  in(tokens),
                  out(x),
                  scalar(table.columns()),
                  scalar(rows));
          case F16 ->
              KernelTask.of(
                  EmbedOp.class,
                  "halves",
                  geometry,
                  in(table.ints()),
                  in(tokens),
                  out(x),
                  scalar(table.columns()),
                  scalar(rows));
          default ->
              KernelTask.of(
                  EmbedOp.class,
                  "blocks",
                  geometry,
                  in(table.ints()),
                  in(tokens),
                  out(x),
                  scalar(Blocks.number(table.type())),
                  scalar(table.rows()),
                  scalar(table.columns()),
                  scalar(rows));
        });
  }

  /** The kernel for F32. */
  public static void floats(
      KernelContext context,
      FloatArray table,
      IntArray tokens,
      FloatArray x,
      int columns,
      int rows) {
    int i = context.globalIdx;
    if (i < rows * columns) {
      x.set(i, table.get(tokens.get(i / columns) * columns + i % columns));
    }
  }

  /** The kernel for F16. */
  public static void halves(
      KernelContext context, IntArray table, IntArray tokens, FloatArray x, int columns, int rows) {
    int i = context.globalIdx;
    if (i < rows * columns) {
      x.set(i, Halves.get(table, 0, tokens.get(i / columns) * columns + i % columns));
    }
  }

  /** The kernel for types of quantised blocks. */
  public static void blocks(
      KernelContext context,
      IntArray table,
      IntArray tokens,
      FloatArray x,
      int type,
      int vocabulary,
      int columns,
      int rows) {
    int i = context.globalIdx;
    if (i < rows * columns) {
      int element = tokens.get(i / columns) * columns + i % columns;
      if (type <= Blocks.AFFINE) {
        x.set(i, AffineBlocks.element(type, table, element));
      } else {
        x.set(i, Blocks.scaledElement(type, table, vocabulary, columns, element));
      }
    }
  }
}
