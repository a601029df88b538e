package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/// The formatter's gate. It stands here because the formatter must run on a JDK that knows the
/// language level, while Maven itself may run on an older one.
class FormatTest {

  private static final String MEND = "run: JAVA_HOME=<a JDK 25> mvn spotless:apply";

  @Test
  void everyJavaFileIsFormatted() throws Exception {
    var formatter =
        new Formatter(
            JavaFormatterOptions.builder().style(JavaFormatterOptions.Style.GOOGLE).build());
    var unformatted = new ArrayList<Path>();
    try (var files = Files.walk(Path.of("src"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        String source = Files.readString(file);
        String wanted =
            formatter.formatSourceAndFixImports(RemoveUnusedImports.removeUnusedImports(source));
        if (!wanted.equals(source)) {
          unformatted.add(file);
        }
      }
    }
    assertThat(unformatted).as(MEND).isEmpty();
  }
}
