package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

@ExtendWith(OutputCaptureExtension.class)
final class SettingsCheckTest {

  @Test
  void theServiceRefusesToStartWithOneLineForEachMistake(CapturedOutput output) {
    assertThatThrownBy(
            () ->
                SpringApplication.run(
                    Reelkeeper.class,
                    "--server.port=0",
                    "--reelkeeper.access.keys[0].name=lms",
                    "--reelkeeper.access.keys[0].sha256=my-key-in-clear",
                    "--reelkeeper.access.keys[0].roles=owner",
                    "--reelkeeper.policy.verify-delay=soon",
                    "--reelkeeper.policy.doubt-window=-5s",
                    "--reelkeeper.encryption-key=my-short-secret",
                    "--reelkeeper.apps.classroom.concurrent-workers=0",
                    "--reelkeeper.apps.classroom.recorder-uids=5-3",
                    "--reelkeeper.apps.classroom.customer-secret=my-customer-secret"))
        .isInstanceOf(WrongSettings.class);

    assertThat(output.getAll())
        .contains("APPLICATION FAILED TO START")
        .contains(
            "reelkeeper.access.keys[0].sha256 must be the SHA-256 of the key as 64 hexadecimal"
                + " digits")
        .contains(
            "reelkeeper.access.keys[0].roles must be a list, each element one of read, operate,"
                + " admin")
        .contains("reelkeeper.policy.verify-delay must be a duration such as 50ms, 5s or 2m")
        .contains("reelkeeper.policy.doubt-window must not be negative")
        .contains("reelkeeper.encryption-key must be the base64 of 32 bytes")
        .contains("reelkeeper.apps.classroom.concurrent-workers must be 1 or more")
        .contains("reelkeeper.apps.classroom.recorder-uids must hold 100 UIDs or more")
        .contains("reelkeeper.apps.classroom.app-id must be 32 hexadecimal digits")
        .doesNotContain("\tat ")
        .doesNotContain(
            "my-key-in-clear", "my-short-secret", "my-customer-secret", "owner", "soon");
  }

  @Test
  void aDatabaseThatDoesNotAnswerIsSaidInOneLine(CapturedOutput output) {
    assertThatThrownBy(
            () ->
                SpringApplication.run(
                    Reelkeeper.class,
                    "--server.port=0",
                    "--spring.datasource.url=jdbc:postgresql://localhost:1/none",
                    "--spring.datasource.hikari.connection-timeout=250"))
        .isInstanceOf(Exception.class);

    assertThat(output.getAll())
        .contains("spring.datasource.url: the database does not answer")
        .doesNotContain("\tat ");
  }

  @ParameterizedTest
  @CsvSource({
    "reelkeeper.policy.replacements.limit, many, reelkeeper.policy.replacements.limit must be a"
        + " whole number",
    "'reelkeeper.policy.start-backoff', '1s,x', reelkeeper.policy.start-backoff must be a list",
    "reelkeeper.access.keys[0].name, x, reelkeeper.access.keys[0].sha256 is missing",
    "reelkeeper.public-url, localhost, reelkeeper.public-url must be an http or https address",
    "reelkeeper.timers.live, maybe, reelkeeper.timers.live must be true or false",
  })
  void aMistakeIsNamedByItsKey(String key, String value, String line) {
    assertThat(mistakes(Map.of(key, value))).anyMatch(mistake -> mistake.startsWith(line));
  }

  @Test
  void twoKeysWithOneNameAreAMistakeOfTheList() {
    assertThat(
            mistakes(
                Map.of(
                    "reelkeeper.access.keys[0].name", "a",
                    "reelkeeper.access.keys[0].sha256", "0".repeat(64),
                    "reelkeeper.access.keys[0].roles", "read",
                    "reelkeeper.access.keys[1].name", "a",
                    "reelkeeper.access.keys[1].sha256", "1".repeat(64),
                    "reelkeeper.access.keys[1].roles", "read")))
        .containsExactly(
            "reelkeeper.access two keys have the same name or the same sha256; each must be its"
                + " own");
  }

  @Test
  void theDefaultsAreNoMistake() {
    assertThat(mistakes(Map.of())).isEmpty();
  }

  @Test
  void aKeyThatNobodyReadsIsTold() {
    var environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                "test",
                Map.of(
                    "reelkeeper.storage.primary.vendor", "aws",
                    "reelkeeper.storage.primary.region", "EU_CENTRAL_1",
                    "reelkeeper.storage.primary.bucket", "b",
                    "reelkeeper.storage.primary.bukcet", "c",
                    "reelkeeper.public-url", "https://recordings.example",
                    "reelkeeper.polisy.verify-delay", "5s",
                    "reelkeeper.policy.verifyDelay", "5s",
                    "reelkeeper.policy.start-backoff[0]", "5s")));
    assertThat(SettingsCheck.check(environment).unread(environment))
        .containsExactly("reelkeeper.polisy.verify-delay", "reelkeeper.storage.primary.bukcet");
  }

  private static List<String> mistakes(Map<String, Object> settings) {
    var environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("test", settings));
    return SettingsCheck.check(environment).list();
  }
}
