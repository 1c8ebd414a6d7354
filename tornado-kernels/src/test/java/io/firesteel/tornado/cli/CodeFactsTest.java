package io.firesteel.tornado.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CodeFactsTest {
  @Test
  void countsInstructionsRegistersAndSharedMemory() {
    String code =
        """
        .visible .entry kernel(.param .u64 context) // an entry; not an instruction
        {
        .reg .b64 %address, %end;
        .reg .f32 %sum<12>;
        .shared .align 16 .b8 staged[1024];
        .shared .f32 sums[8];
        ld.param.u64 %address, [context];
        loop:
        @%p bra loop;
        ret; // done
        }
        """;
    assertEquals(new CodeFacts(3, 14, 1024 + 32), CodeFacts.of(code));
  }
}
