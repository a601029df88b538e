package io.reelkeeper.outbox;

import io.reelkeeper.core.Backoff;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;
import org.springframework.validation.annotation.Validated;

/// Our view of the settings: who is told, and with how much patience.
///
/// @param publicUrl what names this service in events
@Validated
@ConfigurationProperties("reelkeeper")
record OutboxSettings(
    @DefaultValue("http://localhost:8080") URI publicUrl,
    @DefaultValue Map<String, App> apps,
    @DefaultValue Map<String, Subscriber> subscribers,
    @DefaultValue Outbox outbox)
    implements Validator {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private static final String SECRET_PREFIX = "whsec_";

  OutboxSettings {
    apps = Map.copyOf(apps);
    subscribers = Map.copyOf(subscribers);
  }

  /// Which apps there are; what else belongs to one concerns others.
  record App(@Nullable String appId) {}

  /// @param url https; with `allowPrivate` http, too
  /// @param secret one, or the new and the old with a comma while the subscriber changes over: then
  ///     every request is signed with both
  /// @param apps of which it is told; none for every app
  /// @param events names or patterns such as `session.*`; none for every event
  /// @param allowPrivate whether its name may lead into a private network or to this machine
  record Subscriber(
      @Nullable URI url,
      @DefaultValue List<String> secret,
      @DefaultValue Set<String> apps,
      @DefaultValue List<String> events,
      @DefaultValue("false") boolean allowPrivate) {

    Subscriber {
      secret = List.copyOf(secret);
      apps = Set.copyOf(apps);
      events = List.copyOf(events);
    }

    EventFilter filter() {
      return new EventFilter(apps.isEmpty() || apps.contains("*") ? null : apps, events, null);
    }

    /// The address without what may be a secret in it.
    String address() {
      return url == null ? "" : url.getScheme() + "://" + url.getRawAuthority() + url.getRawPath();
    }

    @Override
    public String toString() {
      return "Subscriber[" + address() + "]";
    }
  }

  /// @param live whether threads of its own deliver; tests do it themselves
  /// @param poll how often is looked for events and for what became due; every replica asks twice
  /// @param timeout how long one request may take, name lookup and answer included. A delivery that
  ///     a replica has begun is left to it for a second more: what a dead one was at is taken over
  ///     within 12 s
  /// @param hands how many requests to one subscriber a replica makes at once
  /// @param waits after each failure in a row; the last is repeated, and an endpoint that has taken
  ///     nothing for all of them is paused. The list that Standard Webhooks suggests
  record Outbox(
      @DefaultValue("true") boolean live,
      @DefaultValue("200ms") Duration poll,
      @DefaultValue("10s") Duration timeout,
      @DefaultValue("8") int hands,
      @DefaultValue({"5s", "5m", "30m", "2h", "5h", "10h", "14h", "20h", "24h"})
          List<Duration> waits) {

    Outbox {
      waits = List.copyOf(waits);
    }

    Duration lease() {
      return timeout.plusSeconds(1);
    }

    Backoff backoff() {
      return new Backoff(waits);
    }

    /// How long an endpoint may take nothing.
    Duration patience() {
      return waits.stream().reduce(Duration.ZERO, Duration::plus);
    }

    Duration longestWait() {
      return waits.stream().reduce(Duration.ZERO, (a, b) -> a.compareTo(b) > 0 ? a : b);
    }
  }

  @Override
  public boolean supports(Class<?> type) {
    return type == OutboxSettings.class;
  }

  @Override
  public void validate(Object target, Errors errors) {
    for (String problem : ((OutboxSettings) target).problems()) {
      errors.reject("outbox", problem);
    }
  }

  /// One line for each mistake: key, problem, what is accepted.
  List<String> problems() {
    var problems = new ArrayList<String>();
    new TreeMap<>(subscribers).forEach((name, it) -> check(name, it, problems));
    between("poll", outbox.poll, Duration.ofMillis(10), Duration.ofSeconds(1), problems);
    between("timeout", outbox.timeout, Duration.ofMillis(100), Duration.ofSeconds(10), problems);
    if (outbox.hands < 1 || outbox.hands > 1_000) {
      problems.add("reelkeeper.outbox.hands is out of range; accepted: 1 to 1000");
    }
    if (outbox.waits.isEmpty() || outbox.waits.stream().anyMatch(wait -> !wait.isPositive())) {
      problems.add("reelkeeper.outbox.waits is no list of waits; accepted: such as 5s,5m,30m,24h");
    }
    return problems;
  }

  private void check(String name, Subscriber subscriber, List<String> problems) {
    String key = "reelkeeper.subscribers." + name;
    if (!NAME.matcher(name).matches()) {
      problems.add(
          key + " has a name that fits no address; accepted: letters, digits, '.', '_', '-'");
    }
    String problem = problem(subscriber);
    if (problem != null) {
      problems.add(key + ".url " + problem);
    }
    List<String> secrets = subscriber.secret;
    if (secrets.isEmpty() || secrets.size() > 2 || !secrets.stream().allMatch(this::isSecret)) {
      problems.add(
          key
              + ".secret is no secret; accepted: whsec_ and the base64 of 24 to 64 bytes, or two of"
              + " them with a comma, the new one first");
    }
    subscriber.apps.stream()
        .filter(app -> !app.equals("*") && !apps.containsKey(app))
        .sorted()
        .forEach(
            app ->
                problems.add(
                    key + ".apps names '" + app + "'; accepted: aliases of reelkeeper.apps, or *"));
    subscriber.events.stream()
        .filter(pattern -> !EventTypes.knows(pattern))
        .forEach(
            pattern ->
                problems.add(
                    "%s.events names '%s'; accepted: %s, and patterns such as session.*"
                        .formatted(key, pattern, String.join(", ", EventTypes.ALL))));
  }

  private static @Nullable String problem(Subscriber subscriber) {
    URI url = subscriber.url;
    if (url == null) {
      return "is missing; accepted: an https address";
    }
    boolean https = "https".equals(url.getScheme());
    boolean http = "http".equals(url.getScheme());
    if (url.getHost() == null || !(https || http)) {
      return "is no address; accepted: such as https://lms.example/hooks";
    }
    if (http && !subscriber.allowPrivate) {
      return "is not https; accepted: https, or http to a private address with allow-private: true";
    }
    if (url.getRawUserInfo() != null || url.getRawFragment() != null) {
      return "has a user name or a fragment; accepted: an address without them";
    }
    return null;
  }

  private boolean isSecret(String secret) {
    if (!secret.startsWith(SECRET_PREFIX)) {
      return false;
    }
    try {
      int length = Base64.getDecoder().decode(secret.substring(SECRET_PREFIX.length())).length;
      return length >= 24 && length <= 64;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static void between(
      String key, Duration value, Duration least, Duration most, List<String> problems) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      problems.add(
          "reelkeeper.outbox.%s is out of range; accepted: %dms to %dms"
              .formatted(key, least.toMillis(), most.toMillis()));
    }
  }
}
