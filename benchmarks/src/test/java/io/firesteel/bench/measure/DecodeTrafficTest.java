package io.firesteel.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.Tensor;
import io.firesteel.model.EmbeddedModel;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.kv.KvFormat;
import org.junit.jupiter.api.Test;

class DecodeTrafficTest {
  private static long bytes(Gguf file, String part) {
    return file.tensors().stream()
        .filter(tensor -> tensor.name().contains(part))
        .map(Tensor::data)
        .mapToLong(data -> data.byteSize())
        .sum();
  }

  @Test
  void countsEachWeightOnceAndOnlyTheChosenExperts() {
    try (Gguf file = EmbeddedModel.open()) {
      ModelWeights weights = ModelWeights.of(file);
      DecodeTraffic traffic = new DecodeTraffic(weights, KvFormat.F16);
      long matrices =
          bytes(file, "attn_q.weight")
              + bytes(file, "attn_k.weight")
              + bytes(file, "attn_v.weight")
              + bytes(file, "attn_output.weight")
              + bytes(file, "ffn_gate_inp.weight");
      long experts = bytes(file, "_exps.weight");
      double share =
          file.metadata().integer("qwen3moe.expert_used_count")
              / (double) file.metadata().integer("qwen3moe.expert_count");
      double head = weights.output().data().byteSize() + weights.embedding().rowBytes();
      assertEquals(matrices + experts * share + head, traffic.bytes(0, 1), 1);
    }
  }

  @Test
  void growsWithTheContextAndLessThanInProportionWithTheBatch() {
    try (Gguf file = EmbeddedModel.open()) {
      ModelWeights weights = ModelWeights.of(file);
      DecodeTraffic traffic = new DecodeTraffic(weights, KvFormat.F16);
      double token =
          2.0 * weights.config().layers() * weights.config().heads().keyValueWidth() * Short.BYTES;
      assertEquals(1000 * token, traffic.bytes(1000, 1) - traffic.bytes(0, 1), 1);
      assertTrue(traffic.bytes(0, 4) > traffic.bytes(0, 1));
      assertTrue(traffic.bytes(0, 4) < 4 * traffic.bytes(0, 1));
    }
  }
}
