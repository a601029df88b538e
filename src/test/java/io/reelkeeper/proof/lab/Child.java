package io.reelkeeper.proof.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A Java process that can be killed, frozen and asked to end.
public final class Child implements AutoCloseable {

  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  private static final Duration GRACE = Duration.ofMinutes(10);

  private final Process process;

  private Child(Process process) {
    this.process = process;
    Reaper.holds(process.pid());
  }

  /// @param log where its output goes, behind what is there
  static Child java(Path log, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(JAVA.toString());
    // short lives: compiled quickly rather than well
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(arguments);
    var builder = new ProcessBuilder(command);
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    try {
      return new Child(
          builder
              .redirectErrorStream(true)
              .redirectOutput(Redirect.appendTo(log.toFile()))
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /// SIGKILL, and its end.
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /// SIGTERM; whether it ended by itself within the time that an operator would give it.
  public boolean ends() {
    terminate();
    try {
      if (process.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS)) {
        Reaper.forgets(process.pid());
        return true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  /// SIGTERM, without waiting.
  public void terminate() {
    process.destroy();
  }

  public void freeze() {
    signal("STOP", process.pid());
  }

  public void thaw() {
    signal("CONT", process.pid());
  }

  static void signal(String signal, long pid) {
    try {
      new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void awaitEnd() {
    try {
      if (!process.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("process " + process.pid() + " does not end");
      }
      Reaper.forgets(process.pid());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Its end, which must be a good one.
  void awaitSuccess() {
    awaitEnd();
    if (process.exitValue() != 0) {
      throw new IllegalStateException("process " + process.pid() + " failed");
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }
}
