package io.firesteel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.model.conformance.ConformanceCase;
import io.firesteel.model.conformance.ConformanceSuite;
import io.firesteel.model.ops.Op;
import io.firesteel.tornado.graph.HandTasks;
import io.firesteel.tornado.kernels.ArrayOp;
import io.firesteel.tornado.kernels.BoundOp;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The hand-written kernels of one module find their operands among the arrays of the other. */
class HandKernelsOnArraysTest {
  private static final int MULTIPROCESSORS = 132;

  @Test
  void eachOpButSamplingHasAHandWrittenFormOnTheArraysOfItsJavaForm() {
    HandTasks hands = new HandTasks(MULTIPROCESSORS);
    Set<Op> ops = EnumSet.noneOf(Op.class);
    for (ConformanceCase c : ConformanceSuite.cases()) {
      if (!ops.contains(c.op()) && BoundOp.isSupported(c.call().get())) {
        ArrayOp op = BoundOp.of(c.call().get()).op();
        if (hands.find(op.shape()).isPresent()) {
          hands.task(op.shape(), op.operands());
          ops.add(c.op());
        }
      }
    }
    assertEquals(EnumSet.complementOf(EnumSet.of(Op.SAMPLE)), ops);
  }
}
