package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.outbox.Courier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The figures that operators and their tools rely on, as the running service shows them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MetricsTest {

  private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-z_0-9]+)(?:\\{([^}]*)})? \\S+$");
  private static final Pattern TAG = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");

  /// Names in a query: what is a word and neither label, function nor variable.
  private static final Pattern NAME =
      Pattern.compile("\\b(?:reelkeeper|hikaricp|jvm|process|http)_[a-z_0-9]+|\\bup\\b");

  private String shown = "";

  /// Everything happens once that makes a figure appear.
  @BeforeAll
  void live() {
    World world = World.fresh();
    world.bean(Courier.class).runDue(); // subscribers are told what happens from now on
    World.Recording lesson = world.starts("math-101");
    world.passesSeconds(10);
    lesson.stops();
    world.passes(Duration.ofMinutes(2));
    world.bean(Courier.class).runDue();
    world.post("/webhooks/agora/nobody", "{}");
    world.post("/webhooks/agora/classroom", "{}");
    shown = world.metrics("text/plain");
  }

  @Test
  void everyFigureOfTheContractIsThereWithItsTags() {
    assertThat(tags("reelkeeper_sessions")).isEqualTo(Set.of("app", "status"));
    assertThat(tags("reelkeeper_provider_call_seconds_count"))
        .isEqualTo(Set.of("app", "operation", "outcome", "domain"));
    assertThat(tags("reelkeeper_provider_quota_wait_seconds_count")).isEqualTo(Set.of("app"));
    assertThat(tags("reelkeeper_workers")).isEqualTo(Set.of("app", "state"));
    assertThat(tags("reelkeeper_task_replacements_total")).isEqualTo(Set.of("app", "cause"));
    assertThat(tags("reelkeeper_notifications_total")).isEqualTo(Set.of("app", "type", "result"));
    assertThat(tags("reelkeeper_notification_gaps_total")).isEqualTo(Set.of("app"));
    assertThat(tags("reelkeeper_timer_lag_seconds_count")).isEmpty();
    assertThat(tags("reelkeeper_audits_total")).isEqualTo(Set.of("app", "status"));
    assertThat(tags("reelkeeper_unknown_starts")).isEqualTo(Set.of("app"));
    assertThat(tags("reelkeeper_deliveries_total")).isEqualTo(Set.of("subscriber", "result"));
  }

  @Test
  void whoeverSendsWhateverNoTagHasValuesWithoutEnd() {
    assertThat(values("app")).isSubsetOf("classroom", "nameless", "narrow", "minting", "unknown");
    assertThat(values("subscriber")).containsExactly("deaf");
    assertThat(values("domain")).isSubsetOf("127.0.0.1", "agora.invalid");
    assertThat(shown)
        .as("nothing of a session or a channel")
        .doesNotContain("math-101")
        .doesNotContainPattern("[0-9a-f]{8}-[0-9a-f]{4}-7");
  }

  @Test
  void dashboardsAskForWhatIsThere() throws IOException {
    var queries = new TreeSet<String>();
    try (Stream<Path> files = Files.list(Path.of("src/ops/grafana/dashboards"))) {
      for (Path file : files.toList()) {
        JsonNode dashboard = JsonMapper.shared().readTree(Files.readString(file));
        dashboard.findValues("expr").forEach(expr -> queries.add(expr.stringValue()));
        dashboard.at("/templating/list").forEach(it -> queries.add(it.path("query").asString("")));
      }
    }

    assertThat(queries).hasSizeGreaterThan(20);
    assertThat(asked(queries)).isSubsetOf(names());
  }

  @Test
  void alertsAskForWhatIsThereAndSayWhatToDo() throws IOException {
    JsonNode rules =
        new YAMLMapper()
            .readTree(Files.readString(Path.of("src/ops/prometheus/alerts.yml")))
            .at("/groups/0/rules");
    String guide = Files.readString(Path.of("src/docs/operations.md"));

    assertThat(rules).hasSizeGreaterThan(9);
    for (JsonNode rule : rules) {
      String name = rule.path("alert").stringValue();
      Set<String> asked = asked(Set.of(rule.path("expr").stringValue()));
      asked.remove("up"); // of Prometheus itself
      assertThat(names()).as(name).containsAll(asked);
      assertThat(rule.at("/labels/severity").asString("")).as(name).isIn("critical", "warning");
      assertThat(rule.at("/annotations/summary").asString("")).as(name).isNotBlank();
      assertThat(rule.at("/annotations/runbook").asString("")).as(name).isNotBlank();
      assertThat(guide).contains("### " + name + "\n");
    }
  }

  private static Set<String> asked(Set<String> queries) {
    Set<String> names = new TreeSet<>();
    queries.forEach(query -> NAME.matcher(query).results().forEach(it -> names.add(it.group())));
    return names;
  }

  private Set<String> names() {
    return samples().keySet();
  }

  private Set<String> tags(String name) {
    Map<String, Set<String>> samples = samples();
    assertThat(samples).containsKey(name);
    return new TreeSet<>(samples.getOrDefault(name, Set.of()));
  }

  /// Each name with its tags.
  private Map<String, Set<String>> samples() {
    Map<String, Set<String>> samples = new TreeMap<>();
    SAMPLE
        .matcher(shown)
        .results()
        .forEach(
            sample -> {
              Set<String> tags = samples.computeIfAbsent(sample.group(1), _ -> new TreeSet<>());
              Matcher tag = TAG.matcher(sample.group(2) == null ? "" : sample.group(2));
              while (tag.find()) {
                tags.add(tag.group(1));
              }
            });
    return samples;
  }

  /// Of a tag in figures of ours.
  private Set<String> values(String tag) {
    Set<String> values = new TreeSet<>();
    shown
        .lines()
        .filter(line -> line.startsWith("reelkeeper_"))
        .forEach(
            line ->
                TAG.matcher(line)
                    .results()
                    .filter(it -> it.group(1).equals(tag))
                    .forEach(it -> values.add(it.group(2))));
    return values;
  }
}
