package io.reelkeeper.proof.lab;

import static java.util.Objects.requireNonNull;

import io.reelkeeper.proof.hook.Hooks;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.springframework.context.ApplicationContextInitializer;

/// The packaged jar as its image runs it, taken apart by its own tool.
///
/// @param hooks stands behind the product's own jar on the class path
/// @param cache of loaded classes: the first start that ends in peace leaves it, later ones are
///     much shorter with it
record Delivered(Path jar, Path hooks, Path cache) {

  private static final String PRODUCT = "io.reelkeeper.Reelkeeper";

  /// Takes the jar apart unless that was done already.
  static Delivered in(Path directory) {
    Path packaged =
        Path.of(System.getProperty("proof.jar", "target/reelkeeper.jar")).toAbsolutePath();
    try {
      Path hook = Path.of(requireNonNull(Hooks.class.getResource("Hooks.class")).toURI());
      String version = age(packaged) + "-" + age(hook);
      Path apart = directory.resolve("delivered-" + version);
      Path hooks = apart.resolve("hooks.jar");
      if (Files.notExists(hooks)) {
        extract(packaged, apart, Files.createDirectories(directory).resolve("extract.log"));
        pack(requireNonNull(hook.getParent()), hooks);
      }
      return new Delivered(
          apart.resolve(packaged.getFileName()), hooks, apart.resolve("classes.aot"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long age(Path file) throws IOException {
    return Files.getLastModifiedTime(file).toMillis();
  }

  private static void extract(Path packaged, Path apart, Path log) {
    List<String> arguments =
        List.of(
            "-Djarmode=tools",
            "-jar",
            packaged.toString(),
            "extract",
            "--force",
            "--destination",
            apart.toString());
    Child.java(log, arguments).awaitSuccess();
  }

  /// Apart from the tests, so that a child process gets nothing else of them.
  private static void pack(Path compiled, Path hooks) throws IOException {
    String folder = Hooks.class.getPackageName().replace('.', '/') + "/";
    String registration =
        ApplicationContextInitializer.class.getName() + "=" + Hooks.class.getName();
    try (OutputStream file = Files.newOutputStream(hooks);
        var out = new JarOutputStream(file);
        var classes = Files.list(compiled)) {
      for (Path each : classes.toList()) {
        out.putNextEntry(new JarEntry(folder + each.getFileName()));
        Files.copy(each, out);
      }
      out.putNextEntry(new JarEntry("META-INF/spring.factories"));
      out.write(registration.getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  boolean isTrained() {
    return Files.exists(cache);
  }

  /// The arguments of a start, without the service's settings.
  List<String> arguments() {
    String option = isTrained() ? "-XX:AOTCache=" : "-XX:AOTCacheOutput=";
    return List.of(option + cache, "-cp", jar + ":" + hooks, PRODUCT);
  }
}
