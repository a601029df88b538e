package io.reelkeeper.notification;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;
import org.springframework.validation.annotation.Validated;

/// Our view of the settings: who signs notifications, and how the inbox is worked through.
@Validated
@ConfigurationProperties("reelkeeper")
record NotificationSettings(@DefaultValue Map<String, App> apps, @DefaultValue Inbox inbox)
    implements Validator {

  NotificationSettings {
    apps = Map.copyOf(apps);
  }

  /// @param webhookSecret one, or the old and the new with a comma while Agora changes over; none
  ///     where this App ID's notifications are not wanted
  record App(@DefaultValue List<String> webhookSecret) {
    App {
      webhookSecret = List.copyOf(webhookSecret);
    }

    @Override
    public String toString() {
      return "App[]";
    }
  }

  /// @param live whether threads of its own work through the inbox; tests do it themselves
  /// @param room how much may wait to be written; what comes then is answered 503
  /// @param patience how long a notification may wait for its commit. Agora gives up after 10 s, a
  ///     frozen database is noticed after 5 s
  /// @param poll how often is looked for what another replica left, or what became due
  /// @param batch how many notices are taken at once
  /// @param hands how many recordings are told at once, each uses a database connection
  /// @param lease how long a taken notice is left to who took it: what a dead replica took is taken
  ///     again within 12 s
  /// @param hold how long somebody is looked for whom a notice could concern
  record Inbox(
      @DefaultValue("true") boolean live,
      @DefaultValue("32MB") DataSize room,
      @DefaultValue("4s") Duration patience,
      @DefaultValue("1s") Duration poll,
      @DefaultValue("200") int batch,
      @DefaultValue("4") int hands,
      @DefaultValue("10s") Duration lease,
      @DefaultValue("24h") Duration hold) {}

  List<String> secrets(String app) {
    App found = apps.get(app);
    return found == null ? List.of() : found.webhookSecret;
  }

  @Override
  public boolean supports(Class<?> type) {
    return type == NotificationSettings.class;
  }

  @Override
  public void validate(Object target, Errors errors) {
    for (String problem : ((NotificationSettings) target).problems()) {
      errors.reject("notification", problem);
    }
  }

  /// One line for each mistake: key, problem, what is accepted.
  List<String> problems() {
    var problems = new ArrayList<String>();
    new TreeMap<>(apps)
        .forEach(
            (name, app) -> {
              if (app.webhookSecret.size() > 2
                  || app.webhookSecret.stream().anyMatch(String::isBlank)) {
                problems.add(
                    "reelkeeper.apps."
                        + name
                        + ".webhook-secret is no secret; accepted: one, or two with a comma");
              }
            });
    atLeastOne("room", inbox.room.toKilobytes(), "1KB and more", problems);
    atLeastOne("patience", inbox.patience.toMillis(), "1ms and more", problems);
    atLeastOne("poll", inbox.poll.toMillis(), "1ms and more", problems);
    atLeastOne("batch", inbox.batch, "1 and more", problems);
    atLeastOne("hands", inbox.hands, "1 and more", problems);
    atLeastOne("lease", inbox.lease.toMillis(), "1ms and more", problems);
    atLeastOne("hold", inbox.hold.toMillis(), "1ms and more", problems);
    return problems;
  }

  private static void atLeastOne(String key, long value, String range, List<String> problems) {
    if (value < 1) {
      problems.add("reelkeeper.inbox.%s is too small; accepted: %s".formatted(key, range));
    }
  }
}
