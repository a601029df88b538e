package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Prometheus itself says whether it takes the rules, and whether they do what they shall.
final class AlertRulesTest {

  private static final Path RULES = Path.of("src/ops/prometheus");

  @ParameterizedTest
  @CsvSource({
    "check,rules,alerts.yml",
    "test,rules,alerts-test.yml",
    "check,config,prometheus.yml"
  })
  void prometheusTakesThem(String verb, String what, String file) throws Exception {
    Process run =
        new ProcessBuilder(List.of(promtool(), verb, what, file))
            .directory(RULES.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(run.waitFor()).as(said).isZero();
  }

  @Test
  void eachAlertHasATestThatItFiresAndOneThatItDoesNot() throws IOException {
    String tests = Files.readString(RULES.resolve("alerts-test.yml"));
    var alerts = new ArrayList<String>();
    Files.readAllLines(RULES.resolve("alerts.yml")).stream()
        .filter(line -> line.contains("- alert: "))
        .forEach(line -> alerts.add(line.substring(line.indexOf(": ") + 2)));

    assertThat(alerts).hasSizeGreaterThan(9);
    assertThat(alerts)
        .allSatisfy(
            alert ->
                assertThat(tests)
                    .contains("name: " + alert + " fires\n")
                    .contains("name: " + alert + " stays quiet\n"));
  }

  /// Where there is none the test is left out, but not on CI.
  private static String promtool() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    Optional<Path> found =
        Stream.of(path.split(File.pathSeparator))
            .map(dir -> Path.of(dir, "promtool"))
            .filter(Files::isExecutable)
            .findFirst();
    if (found.isPresent()) {
      return found.get().toString();
    }
    String missing = "There is no promtool here: install one with `apt-get install prometheus`.";
    if ("true".equals(System.getenv("CI"))) {
      throw new AssertionError(missing);
    }
    return abort(missing);
  }
}
