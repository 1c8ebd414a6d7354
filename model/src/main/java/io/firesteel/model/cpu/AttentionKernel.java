package io.firesteel.model.cpu;

import static io.firesteel.model.cpu.DotKernel.LANES;
import static io.firesteel.model.cpu.DotKernel.SPECIES;

import io.firesteel.model.kv.KvCodec;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.Attention;
import io.firesteel.model.ops.Heads;
import io.firesteel.model.ops.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * Flash attention in chunks of {@link #CHUNK} positions: scores of a chunk, softmax within it,
 * weighted sum of its values, then merged into the running result (Dao et al., "FlashAttention",
 * 2022). Chunks begin at multiples of {@link #CHUNK} and are merged in order, so that a row's
 * result does not depend on the rows beside it.
 *
 * <p>A task is one key/value head and a block of neighbouring rows of one sequence: their queries
 * share each chunk, which is read from the cache once.
 */
final class AttentionKernel {
  /** Positions of a chunk. */
  private static final int CHUNK = 64;

  /** Queries that share a chunk. */
  private static final int BLOCK_QUERIES = 32;

  private final Workspace[] workspaces;

  AttentionKernel(int workers) {
    workspaces = new Workspace[workers];
    Arrays.setAll(workspaces, i -> new Workspace());
  }

  /** Rows {@code first} to {@code end - 1}, all of one sequence. */
  private record Block(int first, int end) {}

  void run(Attention call, Team team) {
    List<Block> blocks = blocks(call);
    int kvHeads = call.heads().keyValues();
    // The last blocks of a prompt see the most positions: they go first.
    team.pool()
        .run(
            blocks.size() * kvHeads,
            (task, worker) ->
                workspaces[worker].attend(
                    team.arithmetic(),
                    call,
                    blocks.get(blocks.size() - 1 - task / kvHeads),
                    task % kvHeads));
  }

  private static List<Block> blocks(Attention call) {
    int most = Math.max(1, BLOCK_QUERIES / call.heads().group());
    int[] sequences = call.at().sequences();
    List<Block> blocks = new ArrayList<>();
    for (int first = 0; first < sequences.length; ) {
      int end = first + 1;
      while (end < sequences.length && end - first < most && sequences[end] == sequences[first]) {
        end++;
      }
      blocks.add(new Block(first, end));
      first = end;
    }
    return blocks;
  }

  /** One worker's memory and work. Rows of the arrays are queries of the block. */
  private static final class Workspace {
    private float[] keys = {};
    private float[] values = {};
    private float[] scores = {};
    private float[] weights = {};
    private float[] partial = {};
    private float[] result = {};
    private float[] largest = {};
    private float[] sum = {};
    private float[] chunkLargest = {};
    private float[] chunkSum = {};
    private int[] queryAt = {};
    private int queryRoom;
    private int resultRoom;
    private Arithmetic arithmetic = VectorArithmetic.INSTANCE;

    private void reserve(int queries, int size) {
      if (keys.length < CHUNK * size) {
        keys = PaddedArrays.floats(CHUNK * size);
        values = PaddedArrays.floats(CHUNK * size);
      }
      if (queryRoom < queries || resultRoom < queries * size) {
        queryRoom = queries;
        resultRoom = queries * size;
        scores = PaddedArrays.floats(queries * CHUNK);
        weights = PaddedArrays.floats(queries * CHUNK);
        partial = PaddedArrays.floats(queries * size);
        result = PaddedArrays.floats(queries * size);
        largest = PaddedArrays.floats(queries);
        sum = PaddedArrays.floats(queries);
        chunkLargest = PaddedArrays.floats(queries);
        chunkSum = PaddedArrays.floats(queries);
        queryAt = PaddedArrays.ints(queries);
      }
    }

    void attend(Arithmetic with, Attention call, Block block, int kvHead) {
      arithmetic = with;
      Heads heads = call.heads();
      int group = heads.group();
      int size = heads.size();
      int queries = (block.end() - block.first()) * group;
      reserve(queries, size);
      Arrays.fill(result, 0, queries * size, 0);
      Arrays.fill(largest, 0, queries, Float.NEGATIVE_INFINITY);
      Arrays.fill(sum, 0, queries, 0);
      int begin = Integer.MAX_VALUE;
      int end = 0;
      for (int row = block.first(); row < block.end(); row++) {
        begin = Math.min(begin, firstSeen(call, row));
        end = Math.max(end, call.at().positions()[row] + 1);
        for (int g = 0; g < group; g++) {
          queryAt[(row - block.first()) * group + g] =
              row * heads.queryWidth() + (kvHead * group + g) * size;
        }
      }
      for (int chunk = begin / CHUNK * CHUNK; chunk < end; chunk += CHUNK) {
        int from = Math.max(0, begin - chunk);
        chunk(call, block, kvHead, chunk, from, Math.min(CHUNK, end - chunk), queries);
      }
      for (int query = 0; query < queries; query++) {
        finish(call.out(), queryAt[query], query, size);
      }
    }

    private static int firstSeen(Attention call, int row) {
      int position = call.at().positions()[row];
      return call.window() == 0 ? 0 : Math.max(0, position - call.window() + 1);
    }

    /**
     * Positions {@code first + from} to {@code first + count - 1}, some of which a query may not
     * see.
     */
    private void chunk(
        Attention call, Block block, int kvHead, int first, int from, int count, int queries) {
      int size = call.heads().size();
      int group = call.heads().group();
      int padded = WeightTile.padded(count);
      load(call, block.first(), kvHead, first, count);
      arithmetic.tile(keys, padded, size, call.q(), queryAt, queries, scores);
      for (int query = 0; query < queries; query++) {
        int row = block.first() + query / group;
        int begin = Math.max(0, firstSeen(call, row) - first);
        int end = Math.min(count, call.at().positions()[row] + 1 - first);
        softmax(query, padded, begin, end, call.scale());
      }
      arithmetic.weigh(weights, CHUNK, queries, values, from, count, size, partial);
      for (int query = 0; query < queries; query++) {
        merge(query, size);
      }
    }

    /** Reads the keys and values of positions {@code first} to {@code first + count - 1}. */
    private void load(Attention call, int row, int kvHead, int first, int count) {
      KvLayout layout = call.cache().layout();
      KvCodec codec = new KvCodec(layout);
      Rows at = call.at();
      for (int done = 0; done < count; ) {
        int slot = (first + done) % layout.pageTokens();
        int some = Math.min(count - done, layout.pageTokens() - slot);
        var page = call.cache().page(at.page(row, first + done, layout));
        codec.readKeys(page, kvHead, slot, some, keys, done * layout.headSize());
        codec.readValues(page, kvHead, slot, some, values, done * layout.headSize());
        done += some;
      }
    }

    /**
     * Turns a query's scores into weights: {@code exp(score · scale - m)} for positions {@code
     * begin} to {@code end - 1} of the chunk, {@code m} being their largest, and 0 for all others.
     */
    private void softmax(int query, int pitch, int begin, int end, float scale) {
      int at = query * CHUNK;
      float most = Float.NEGATIVE_INFINITY;
      Arrays.fill(weights, at, at + CHUNK, Float.NEGATIVE_INFINITY);
      for (int t = begin; t < end; t++) {
        float score = scores[query * pitch + t] * scale;
        weights[at + t] = score;
        most = Math.max(most, score);
      }
      chunkLargest[query] = most;
      chunkSum[query] = arithmetic.exponentials(weights, at, CHUNK, most);
    }

    /**
     * Adds the chunk's result to the running one, both scaled to the larger of their largest
     * scores.
     */
    private void merge(int query, int size) {
      if (chunkLargest[query] == Float.NEGATIVE_INFINITY) {
        return;
      }
      float most = Math.max(largest[query], chunkLargest[query]);
      float old = (float) Math.exp(largest[query] - most);
      float added = (float) Math.exp(chunkLargest[query] - most);
      largest[query] = most;
      sum[query] = sum[query] * old + chunkSum[query] * added;
      for (int i = query * size; i < (query + 1) * size; i += LANES) {
        FloatVector.fromArray(SPECIES, result, i)
            .mul(old)
            .add(FloatVector.fromArray(SPECIES, partial, i).mul(added))
            .intoArray(result, i);
      }
    }

    private void finish(float[] out, int to, int query, int size) {
      for (int i = 0; i < size; i++) {
        out[to + i] = result[query * size + i] / sum[query];
      }
    }
  }
}
