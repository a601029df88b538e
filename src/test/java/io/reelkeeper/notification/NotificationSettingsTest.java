package io.reelkeeper.notification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class NotificationSettingsTest {

  @Test
  void anAppHasItsSecretOrTwoWhileAgoraChangesOver() {
    NotificationSettings settings =
        settings(
            Map.of(
                "apps.a.webhook-secret", "one",
                "apps.b.webhook-secret", "one,two",
                "apps.c.webhook-secret", "",
                "apps.d.app-id", "1"));

    assertThat(settings.problems()).isEmpty();
    assertThat(settings.secrets("a")).containsExactly("one");
    assertThat(settings.secrets("b")).containsExactly("one", "two");
    for (String app : List.of("c", "d", "unknown")) {
      assertThat(settings.secrets(app)).isEmpty();
    }
    assertThat(settings.toString()).doesNotContain("one", "two");
  }

  @ParameterizedTest
  @CsvSource({
    "'apps.a.webhook-secret', 'one,two,three', reelkeeper.apps.a.webhook-secret is no secret",
    "'apps.a.webhook-secret', 'one,', reelkeeper.apps.a.webhook-secret is no secret",
    "inbox.batch, 0, reelkeeper.inbox.batch is too small",
    "inbox.hands, -1, reelkeeper.inbox.hands is too small",
    "inbox.room, 10B, reelkeeper.inbox.room is too small",
    "inbox.poll, 0s, reelkeeper.inbox.poll is too small",
    "inbox.patience, -1s, reelkeeper.inbox.patience is too small",
    "inbox.lease, 0s, reelkeeper.inbox.lease is too small",
    "inbox.hold, 0s, reelkeeper.inbox.hold is too small",
  })
  void aMistakeIsToldInOneLineWithItsKey(String key, String value, String told) {
    assertThat(settings(Map.of(key, value)).problems())
        .singleElement()
        .asString()
        .startsWith(told)
        .contains("accepted: ")
        .doesNotContain("three");
  }

  private static NotificationSettings settings(Map<String, String> values) {
    var all = new HashMap<String, String>();
    values.forEach((key, value) -> all.put("reelkeeper." + key, value));
    return new Binder(new MapConfigurationPropertySource(all))
        .bindOrCreate("reelkeeper", Bindable.of(NotificationSettings.class));
  }
}
