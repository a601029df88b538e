package io.reelkeeper.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/// What is accepted under `reelkeeper.apps`, and what a mistake says.
final class AgoraAppsTest {

  private final ApplicationContextRunner context =
      new ApplicationContextRunner()
          .withUserConfiguration(Settings.class)
          .withPropertyValues(
              "reelkeeper.apps.classroom.app-id=" + Bench.APP_ID,
              "reelkeeper.apps.classroom.customer-key=KEY-0123456789",
              "reelkeeper.apps.classroom.customer-secret=SECRET-0123456789");

  @EnableConfigurationProperties({
    AgoraApps.class,
    ProviderSettings.class,
    ProviderSettings.Patience.class
  })
  static class Settings {}

  @ParameterizedTest
  @CsvSource({
    "us-west-1, api.agora.io, api.sd-rtn.com, api-us-east-1.agora.io",
    "us-east-1, api.agora.io, api.sd-rtn.com, api-us-west-1.agora.io",
    "ap-southeast-1, api.agora.io, api.sd-rtn.com, api-ap-northeast-1.agora.io",
    "ap-northeast-1, api.agora.io, api.sd-rtn.com, api-ap-southeast-1.agora.io",
    "eu-west-1, api.agora.io, api.sd-rtn.com, api-eu-central-1.agora.io",
    "eu-central-1, api.agora.io, api.sd-rtn.com, api-eu-west-1.agora.io",
    "cn-east-1, api.sd-rtn.com, api.agora.io, api-cn-north-1.sd-rtn.com",
    "cn-north-1, api.sd-rtn.com, api.agora.io, api-cn-east-1.sd-rtn.com"
  })
  void aLocationGivesTheThreeDomainsOfThePublishedTable(
      String location, String primary, String alternate, String adjacent) {
    assertThat(new AgoraApps.Domains(location, null, null, null).route())
        .isEqualTo(
            new AgoraApps.Route(
                URI.create("https://" + primary),
                URI.create("https://" + alternate),
                URI.create("https://" + adjacent)));
  }

  @Test
  void whatIsGivenExplicitlyWins() {
    var route =
        new AgoraApps.Domains("eu-central-1", "http://localhost:9/sandbox/", null, "https://x.test")
            .route();
    assertThat(route)
        .isEqualTo(
            new AgoraApps.Route(
                URI.create("http://localhost:9/sandbox"),
                URI.create("https://api.sd-rtn.com"),
                URI.create("https://x.test")));
  }

  @Test
  void aSandboxNeedsOneAddressOnly() {
    context
        .withPropertyValues("reelkeeper.apps.classroom.domains.primary=http://127.0.0.1:9")
        .run(
            started ->
                assertThat(started.getBean(AgoraApps.class).named("classroom").route().adjacent())
                    .isEqualTo(URI.create("http://127.0.0.1:9")));
  }

  @Test
  void theDefaultsAreTheBestPractices() {
    context
        .withPropertyValues("reelkeeper.apps.classroom.domains.location=eu-central-1")
        .run(
            started -> {
              assertThat(started.getBean(ProviderSettings.Patience.class).requestBackoff())
                  .extracting(Object::toString)
                  .containsExactly("PT1S", "PT3S", "PT6S");
              assertThat(started.getBean(ProviderSettings.class).toString())
                  .contains("connectTimeout=PT3S", "answerTimeout=PT10S", "stopTimeout=PT30S")
                  .contains("answerLimit=1048576B", "concurrentCalls=256", "domainRest=PT30S");
              assertThat(started.getBean(AgoraApps.class).toString())
                  .isEqualTo("AgoraApps[classroom]");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          app-id            | 970ca35d           | app-id must be 32 hexadecimal digits
          customer-key      |                    | customer-key is missing
          customer-secret   |                    | customer-secret is missing
          app-certificate   | CERT-0123456789    | app-certificate must be 32 hexadecimal digits
          domains.location  | atlantis-1         | location is not known; one of ap-northeast-1, ap-south
          domains.primary   | ftp://a.b          | primary is not an address like https://api.agora.io
          domains.primary   | https://SECRET@a.b | primary is not an address like https://api.agora.io
          domains.alternate | api.agora.io       | alternate is not an address like https://api.agora.io
          """)
  void aMistakeStopsTheStartWithItsKeyAndNeverWithASecret(
      String key, @Nullable String value, String says) {
    context
        .withPropertyValues("reelkeeper.apps.classroom.domains.location=eu-central-1")
        .withPropertyValues("reelkeeper.apps.classroom." + key + "=" + (value == null ? "" : value))
        .run(
            failed -> {
              assertThat(failed).hasFailed();
              Throwable cause = failed.getStartupFailure();
              var messages = new StringBuilder();
              for (Throwable each = cause; each != null; each = each.getCause()) {
                messages.append(each.getMessage()).append('\n');
              }
              assertThat(messages).contains("reelkeeper.apps.classroom").contains(says);
              assertThat(messages).doesNotContain("0123456789").doesNotContain("SECRET@");
            });
  }

  @Test
  void everyMistakeIsSaidAtOnceAndWithoutDomainsAgoraCannotBeReached() {
    var nothing = new AgoraApps(Map.of("a", new AgoraApps.App(null, null, null, null, null)), null);
    assertThat(nothing.mistakes())
        .containsExactly(
            "reelkeeper.apps.a.app-id must be 32 hexadecimal digits",
            "reelkeeper.apps.a.customer-key is missing",
            "reelkeeper.apps.a.customer-secret is missing",
            "reelkeeper.apps.a.domains: give location, or all of primary, alternate and adjacent");
  }
}
