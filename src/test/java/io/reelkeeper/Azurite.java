package io.reelkeeper;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Azure's blob store as Microsoft emulates it, in a process of its own.
public final class Azurite implements AutoCloseable {

  /// The emulator's published account.
  public static final String ACCOUNT = "devstoreaccount1";

  public static final String KEY =
      "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

  private static final String VERSION = "3.35.0";

  private static final Pattern LISTENS = Pattern.compile("successfully listens on (http://\\S+)");

  private final Process process;
  private final URI endpoint;

  private Azurite(Process process, URI endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /// Empty where neither an installed copy nor a registry with one is within reach.
  public static Optional<Azurite> start() {
    Path home = Path.of("target", "azurite").toAbsolutePath();
    Path program = home.resolve("node_modules/azurite/dist/src/blob/main.js");
    if (!Files.exists(program) && !installed(home)) {
      return Optional.empty();
    }
    try {
      Process process =
          new ProcessBuilder(
                  List.of(
                      "node",
                      program.toString(),
                      "--inMemoryPersistence",
                      "--silent",
                      "--blobHost",
                      "127.0.0.1",
                      "--blobPort",
                      "0",
                      "--disableTelemetry",
                      // the client may be newer than the emulator
                      "--skipApiVersionCheck"))
              .redirectErrorStream(true)
              .start();
      var output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        Matcher listens = LISTENS.matcher(line);
        if (listens.find()) {
          Thread.ofVirtual().start(() -> output.lines().forEach(_ -> {}));
          return Optional.of(new Azurite(process, URI.create(listens.group(1))));
        }
      }
      throw new IllegalStateException("the emulator of Azure ended at once");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean installed(Path home) {
    try {
      Files.createDirectories(home);
      Process npm =
          new ProcessBuilder(
                  "npm",
                  "install",
                  "--prefix",
                  home.toString(),
                  "--no-audit",
                  "--no-fund",
                  "azurite@" + VERSION)
              .redirectErrorStream(true)
              .redirectOutput(home.resolve("npm.log").toFile())
              .start();
      if (!npm.waitFor(3, TimeUnit.MINUTES)) {
        npm.destroyForcibly();
        return false;
      }
      return npm.exitValue() == 0;
    } catch (IOException _) {
      return false; // no npm here
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public URI endpoint() {
    return endpoint;
  }

  @Override
  public void close() {
    process.destroy();
  }
}
