package io.firesteel.ptx.driver;

import static jcuda.driver.JCudaDriver.cuGraphDestroy;
import static jcuda.driver.JCudaDriver.cuGraphExecDestroy;
import static jcuda.driver.JCudaDriver.cuGraphGetNodes;
import static jcuda.driver.JCudaDriver.cuGraphInstantiate;
import static jcuda.driver.JCudaDriver.cuGraphLaunch;
import static jcuda.driver.JCudaDriver.cuGraphUpload;

import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;

/** A captured sequence of copies and kernels that is queued in one call. */
public final class Graph extends Resource {
  private final CUgraphExec handle;
  private final long nodes;

  private Graph(Context context, CUgraphExec handle, long nodes) {
    super(context);
    this.handle = handle;
    this.nodes = nodes;
  }

  /** Makes the captured graph executable and frees the capture. */
  static Graph instantiate(Context context, CUgraph captured) {
    try {
      long[] nodes = new long[1];
      CudaException.check(cuGraphGetNodes(captured, null, nodes), "count the nodes of a graph");
      CUgraphExec handle = new CUgraphExec();
      CudaException.check(
          cuGraphInstantiate(handle, captured, 0), "instantiate a graph of " + nodes[0] + " nodes");
      return new Graph(context, handle, nodes[0]);
    } finally {
      cuGraphDestroy(captured);
    }
  }

  /** Number of copies, fills and kernels in it. */
  public long nodes() {
    return nodes;
  }

  /**
   * Brings what the graph needs to the device, so that the first launch is as fast as the others.
   */
  public void upload(Stream stream) {
    use();
    stream.check(cuGraphUpload(handle, stream.handle()), "upload " + describe());
  }

  /** Queues the whole graph. */
  public void launch(Stream stream) {
    use();
    stream.check(cuGraphLaunch(handle, stream.handle()), "launch " + describe());
  }

  @Override
  String describe() {
    return "graph of " + nodes + " nodes";
  }

  @Override
  int free() {
    return cuGraphExecDestroy(handle);
  }
}
