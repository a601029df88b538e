package io.reelkeeper.proof.hook;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.locks.LockSupport;

/// Named places in the product's walks where the harness can hold a thread, to kill or freeze the
/// process exactly there.
///
/// The harness writes the name of a point into the file `armed`. The first thread that comes to it
/// turns the file into `reached` and waits until that is gone.
public final class Points {

  /// The system property with the directory of both files.
  public static final String DIRECTORY = "proof.hook";

  public static final String ARMED = "armed";
  public static final String REACHED = "reached";

  private static final long GLANCE_NANOS = 2_000_000;

  private final Path armed;
  private final Path reached;

  Points(Path directory) {
    this.armed = directory.resolve(ARMED);
    this.reached = directory.resolve(REACHED);
  }

  void pass(String point) {
    if (Files.exists(armed) && isArmed(point)) {
      while (Files.exists(reached)) {
        LockSupport.parkNanos(GLANCE_NANOS);
      }
    }
  }

  private boolean isArmed(String point) {
    try {
      if (!Files.readString(armed).equals(point)) {
        return false;
      }
      Files.move(armed, reached, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } catch (IOException _) {
      return false; // another thread was first
    }
  }
}
