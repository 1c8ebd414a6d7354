package io.firesteel.bench.measure;

import io.firesteel.model.engine.DeviceMeter;
import io.firesteel.model.engine.DeviceReading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Reads a device again and again on a thread of its own while something runs on it. */
public final class DeviceWatch {
  private static final Duration INTERVAL = Duration.ofMillis(20);

  private final DeviceMeter meter;

  /** Reads through a meter, which stays open as long as this is used. */
  public DeviceWatch(DeviceMeter meter) {
    this.meter = meter;
  }

  /** Runs the work and returns what the device did meanwhile. */
  public DeviceUse during(Runnable work) {
    List<DeviceReading> readings = new ArrayList<>();
    CountDownLatch done = new CountDownLatch(1);
    readings.add(meter.read());
    Thread reader =
        Thread.ofPlatform()
            .daemon()
            .name("device watch")
            .unstarted(
                () -> {
                  while (!reached(done)) {
                    readings.add(meter.read());
                  }
                });
    long start = System.nanoTime();
    reader.start();
    try {
      work.run();
    } finally {
      done.countDown();
      join(reader);
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    readings.add(meter.read());
    return DeviceUse.of(seconds, readings);
  }

  private static boolean reached(CountDownLatch done) {
    try {
      return done.await(INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  private static void join(Thread reader) {
    boolean interrupted = false;
    while (true) {
      try {
        reader.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
