package io.reelkeeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What is deployed beside the code: the chart, drawn by Helm itself, and files of settings.
final class DeploymentTest {

  private static final Path CHART = Path.of("src/ops/helm/reelkeeper");
  private static final JsonMapper JSON = new JsonMapper();

  /// What the settings leave to files, because it is secret.
  private static final Map<String, Object> SECRETS =
      Map.of(
          "reelkeeper.apps.classroom.app-id", "970ca35de60c44645bbae8a215061b33",
          "reelkeeper.apps.classroom.customer-key", "key",
          "reelkeeper.apps.classroom.customer-secret", "secret",
          "reelkeeper.storage.primary.access-key", "key",
          "reelkeeper.storage.primary.secret-key", "secret");

  @Test
  void helmFindsNothingWrongWithTheChart() {
    var lint = new Helm(CHART).lint().strict().call();
    assertThat(lint.isFailed()).as(lint.getMessages().toString()).isFalse();
  }

  @Test
  void theChartAsksForWhatIsMissing() {
    assertThatThrownBy(() -> template().call()).hasMessageContaining("is missing");
    assertThatThrownBy(
            () -> template().set("database.url", "mysql://db").set("existingSecret", "s").call())
        .hasMessageContaining("/database/url");
  }

  @Test
  void itsPodsAreOnesThatARestrictedNamespaceTakes() {
    JsonNode pod = one(drawn(), "Deployment").at("/spec/template/spec");
    JsonNode container = pod.at("/containers/0");

    assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    assertThat(pod.at("/securityContext/seccompProfile/type").asString())
        .isEqualTo("RuntimeDefault");
    assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(container.at("/securityContext/capabilities/drop/0").asString()).isEqualTo("ALL");
    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      assertThat(container.at("/" + probe + "/httpGet/path").asString())
          .startsWith("/actuator/health/");
    }
    assertThat(pod.at("/volumes/1/secret/secretName").asString()).isEqualTo("reelkeeper-secrets");
  }

  @Test
  void aPodIsGivenTheTimeThatAGracefulEndTakes() throws IOException {
    JsonNode pod = one(drawn(), "Deployment").at("/spec/template/spec");
    String phase =
        String.valueOf(
            loaded(new ClassPathResource("application.yaml"))
                .getProperty("spring.lifecycle.timeout-per-shutdown-phase"));

    int turningAway =
        Integer.parseInt(pod.at("/containers/0/lifecycle/preStop/exec/command/1").asString());
    assertThat(Duration.ofSeconds(pod.at("/terminationGracePeriodSeconds").asInt()))
        .isGreaterThan(DurationStyle.detectAndParse(phase).plusSeconds(turningAway));
  }

  @Test
  void whatTheServiceIsToldByTheChartItKnows() throws IOException {
    String settings = one(drawn(), "ConfigMap").at("/data/application.yaml").asString();

    assertKnown(new ByteArrayResource(settings.getBytes(UTF_8)), SECRETS);
    assertThat(settings).contains("configtree:/run/secrets/reelkeeper/");
  }

  @Test
  void filesOfSettingsHoldNothingButWhatTheServiceKnows() throws IOException {
    assertKnown(file("compose/sandbox/application.yaml"), Map.of());
    assertKnown(file("compose/agora/application.yaml"), SECRETS);
    assertKnown(
        file("aot/settings.yaml"),
        Map.of(
            "TRAIN_SANDBOX_PORTS", "1,2,3",
            "TRAIN_DOMAIN_1", "1",
            "TRAIN_DOMAIN_2", "2",
            "TRAIN_DOMAIN_3", "3",
            "TRAIN_BUCKET_PORT", "4"));
  }

  private static Resource file(String name) {
    return new FileSystemResource("src/ops/" + name);
  }

  private static void assertKnown(Resource settings, Map<String, Object> more) throws IOException {
    var environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(loaded(settings));
    environment.getPropertySources().addLast(new MapPropertySource("more", more));
    var check = SettingsCheck.check(environment);
    assertThat(check.list()).isEmpty();
    assertThat(check.unread(environment)).isEmpty();
  }

  private static PropertySource<?> loaded(Resource yaml) throws IOException {
    return new YamlPropertySourceLoader().load("settings", yaml).getFirst();
  }

  private static TemplateCommand template() {
    return new Helm(CHART).template().withName("test").withKubeVersion("1.30.0");
  }

  /// With everything switched on.
  private static List<JsonNode> drawn() {
    String text =
        template()
            .withValuesFile(Path.of("src/test/resources/io/reelkeeper/chart-values.yaml"))
            .call();
    return StreamSupport.stream(new Yaml().loadAll(text).spliterator(), false)
        .<JsonNode>map(JSON::valueToTree)
        .toList();
  }

  private static JsonNode one(List<JsonNode> all, String kind) {
    var found = all.stream().filter(it -> it.path("kind").asString().equals(kind)).toList();
    assertThat(found).as(kind).hasSize(1);
    return found.getFirst();
  }
}
