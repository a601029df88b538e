package io.reelkeeper.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The table of faults has a line for each, and names tests that exist.
final class ProofTest {

  private static final Path TABLE = Path.of("src/docs/proof.md");
  private static final Pattern NAMED = Pattern.compile("`(\\w+(?:Test|IT))\\.(\\w+)`");
  private static final int FAULTS = 72;
  private static final int GOALS = 13;

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    List<MatchResult> named = NAMED.matcher(Files.readString(TABLE)).results().toList();

    assertThat(named).hasSizeGreaterThan(FAULTS);
    for (MatchResult name : named) {
      assertThat(source(name.group(1)))
          .as("%s.%s", name.group(1), name.group(2))
          .contains("void " + name.group(2) + "(");
    }
  }

  @Test
  void everyFaultAndEveryGoalHasALine() throws IOException {
    String table = Files.readString(TABLE);

    IntStream.rangeClosed(1, FAULTS)
        .forEach(fault -> assertThat(table).contains("\n| " + fault + " | "));
    IntStream.rangeClosed(1, GOALS)
        .forEach(goal -> assertThat(table).contains("\n| R" + goal + ": "));
  }

  private static String source(String test) throws IOException {
    try (var files = Files.walk(Path.of("src/test/java"))) {
      Path found =
          files
              .filter(file -> file.getFileName().toString().equals(test + ".java"))
              .findFirst()
              .orElseThrow(() -> new AssertionError("there is no " + test));
      return Files.readString(found);
    }
  }
}
