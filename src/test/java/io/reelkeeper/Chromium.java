package io.reelkeeper;

import static org.junit.jupiter.api.Assumptions.abort;

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
import java.util.stream.Stream;

/// A real browser that looks at one page, without a screen. What it finds there the page itself has
/// to tell.
final class Chromium implements AutoCloseable {

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

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
              .redirectError(Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
