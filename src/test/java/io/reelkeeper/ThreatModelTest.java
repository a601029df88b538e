package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Every attack of the threat model is tried by a test that exists.
final class ThreatModelTest {

  private static final Pattern NAMED = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    Map<String, Path> tests;
    try (var files = Files.walk(Path.of("src/test/java"))) {
      tests =
          files
              .filter(file -> file.toString().endsWith("Test.java"))
              .collect(
                  Collectors.toMap(
                      file -> file.getFileName().toString().replace(".java", ""),
                      Function.identity()));
    }
    var named =
        NAMED.matcher(Files.readString(Path.of("src/docs/threat-model.md"))).results().toList();

    assertThat(named).hasSizeGreaterThan(50);
    for (MatchResult name : named) {
      assertThat(tests).containsKey(name.group(1));
      assertThat(Files.readString(tests.get(name.group(1))))
          .as("%s.%s", name.group(1), name.group(2))
          .contains("void " + name.group(2) + "(");
    }
  }
}
