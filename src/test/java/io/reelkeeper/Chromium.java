package io.reelkeeper;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A real browser that looks at one page, without a screen.
final class Chromium implements AutoCloseable {

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

  private static final String LISTENING = "DevTools listening on ";

  private final CompletableFuture<URI> devTools = new CompletableFuture<>();
  private final Path profile;
  private final Process process;

  private Chromium(String program, URI page) {
    try {
      profile = Files.createTempDirectory("chromium");
      process =
          new ProcessBuilder(
                  program,
                  "--headless=new",
                  "--no-sandbox", // it may run as root, and sees pages of ours only
                  "--disable-gpu",
                  "--disable-dev-shm-usage", // containers give it 64 MB
                  "--disable-background-networking",
                  "--no-first-run",
                  "--user-data-dir=" + profile,
                  "--remote-debugging-port=0", // without it, it would end when the page has loaded
                  page.toString())
              .redirectOutput(Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("chromium-says").start(this::listen);
  }

  /// It says where it can be driven, and much else that has to be read lest it waits for that.
  private void listen() {
    try (BufferedReader said = process.errorReader()) {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        if (line.startsWith(LISTENING)) {
          devTools.complete(URI.create(line.substring(LISTENING.length()).strip()));
        }
      }
    } catch (IOException _) {
      // it has ended
    }
  }

  /// Where the browser can be driven from.
  URI devTools() {
    return devTools.orTimeout(60, TimeUnit.SECONDS).join();
  }

  /// Opens the page; where there is no browser the test is left out, but not on CI.
  static Chromium at(URI page) {
    Optional<String> program = program();
    if (program.isEmpty()) {
      String missing = "There is no Chromium here: install one with `apt-get install chromium`.";
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError(missing);
      }
      return abort(missing);
    }
    return new Chromium(program.get(), page);
  }

  private static Optional<String> program() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return NAMES.stream()
        .flatMap(name -> Stream.of(path.split(File.pathSeparator)).map(dir -> Path.of(dir, name)))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  @Override
  public void close() {
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(one -> one.onExit().join());
    try (Stream<Path> files = Files.walk(profile)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException | UncheckedIOException _) {
      profile.toFile().deleteOnExit();
    }
  }
}
