package io.reelkeeper.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class OutboxSettingsTest {

  private static final String OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

  @Test
  void theDefaultsAreThoseOfStandardWebhooks() {
    OutboxSettings settings = settings(Map.of());

    assertThat(settings.problems()).isEmpty();
    assertThat(settings.outbox().waits())
        .startsWith(Duration.ofSeconds(5), Duration.ofMinutes(5))
        .endsWith(Duration.ofHours(24))
        .hasSize(9);
    assertThat(settings.outbox().lease()).isLessThan(Duration.ofSeconds(12));
  }

  @Test
  void aSubscriberMayChangeItsSecretAndNeverShowsIt() {
    OutboxSettings settings =
        settings(Map.of("subscribers.lms.secret", Receiver.SECRET + "," + OTHER));

    assertThat(settings.problems()).isEmpty();
    assertThat(settings.subscribers().values())
        .flatMap(OutboxSettings.Subscriber::secret)
        .containsExactly(Receiver.SECRET, OTHER);
    assertThat(settings.toString()).doesNotContain("whsec_", "sesame");
  }

  @ParameterizedTest
  @CsvSource({
    "subscribers.lms.url, , reelkeeper.subscribers.lms.url is",
    "subscribers.lms.url, http://lms.example/, reelkeeper.subscribers.lms.url is not https",
    "subscribers.lms.url, ftp://lms.example/, reelkeeper.subscribers.lms.url is no address",
    "subscribers.lms.url, https:///hooks, reelkeeper.subscribers.lms.url is no address",
    "subscribers.lms.url, https://u:p@lms.example, reelkeeper.subscribers.lms.url has a user name",
    "subscribers.lms.secret, , reelkeeper.subscribers.lms.secret is no secret",
    "subscribers.lms.secret, whsec_short, reelkeeper.subscribers.lms.secret is no secret",
    "subscribers.lms.secret, my-own-secret-of-some-length, reelkeeper.subscribers.lms.secret is no",
    "subscribers.lms.apps, school, reelkeeper.subscribers.lms.apps names 'school'",
    "subscribers.lms.events, session.begun, reelkeeper.subscribers.lms.events names"
        + " 'session.begun'",
    "subscribers.lms.events, sess*, reelkeeper.subscribers.lms.events names 'sess*'",
    "outbox.waits, 0s, reelkeeper.outbox.waits is no list",
    "outbox.timeout, 11s, reelkeeper.outbox.timeout is out of range",
    "outbox.poll, 0s, reelkeeper.outbox.poll is out of range",
    "outbox.hands, 0, reelkeeper.outbox.hands is out of range",
  })
  void aMistakeIsToldInOneLineWithItsKey(String key, String value, String told) {
    assertThat(settings(Map.of(key, value == null ? "" : value)).problems())
        .singleElement()
        .asString()
        .startsWith(told)
        .contains("accepted: ")
        .doesNotContain("my-own-secret");
  }

  private static OutboxSettings settings(Map<String, String> values) {
    var all = new HashMap<String, String>();
    all.put("reelkeeper.apps.classroom.app-id", "1");
    all.put("reelkeeper.subscribers.lms.url", "https://lms.example/hooks?token=sesame");
    all.put("reelkeeper.subscribers.lms.secret", Receiver.SECRET);
    values.forEach((key, value) -> all.put("reelkeeper." + key, value));
    return new Binder(new MapConfigurationPropertySource(all))
        .bindOrCreate("reelkeeper", Bindable.of(OutboxSettings.class));
  }
}
