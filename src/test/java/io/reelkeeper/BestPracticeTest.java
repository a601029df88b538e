package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The table of the best practice names tests that exist, and every story is told there.
class BestPracticeTest {

  private static final Path TABLE = Path.of("src/docs/best-practice.md");
  private static final Pattern NAMED = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    List<MatchResult> named = NAMED.matcher(Files.readString(TABLE)).results().toList();

    assertThat(named).hasSizeGreaterThan(30);
    for (MatchResult name : named) {
      assertThat(source(name.group(1)))
          .as("%s.%s", name.group(1), name.group(2))
          .contains("void " + name.group(2) + "(");
    }
  }

  private static String source(String test) throws IOException {
    try (var files = Files.walk(Path.of("src/test/java"))) {
      Path found =
          files
              .filter(file -> file.endsWith(test + ".java"))
              .findFirst()
              .orElseThrow(() -> new AssertionError("there is no " + test));
      return Files.readString(found);
    }
  }
}
