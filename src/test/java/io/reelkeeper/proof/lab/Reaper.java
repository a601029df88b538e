package io.reelkeeper.proof.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;

/// Ends the child processes when this JVM is gone, however it went.
///
/// A shell holds their ids and waits for the end of its input, which comes with the end of this
/// process even when that is killed. Frozen children are ended too.
final class Reaper {

  private static final String SCRIPT =
      """
      trap '' INT TERM HUP
      pids=' '
      while read -r what pid; do
        case $what in
          +) pids="$pids$pid " ;;
          -) pids=$(printf %s "$pids" | sed "s/ $pid / /") ;;
        esac
      done
      for pid in $pids; do kill -9 "$pid"; done
      """;

  private static final class Started {
    static final Writer ORDERS = start();

    private static Writer start() {
      try {
        return new ProcessBuilder("sh", "-c", SCRIPT)
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .start()
            .outputWriter(StandardCharsets.US_ASCII);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Reaper() {}

  static void holds(long pid) {
    order("+ " + pid);
  }

  /// It has ended: its id may soon be somebody else's.
  static void forgets(long pid) {
    order("- " + pid);
  }

  private static synchronized void order(String order) {
    try {
      Started.ORDERS.write(order + "\n");
      Started.ORDERS.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
