package io.reelkeeper.checklist;

import io.reelkeeper.checklist.Checklist.Finding;
import io.reelkeeper.checklist.Checklist.Item;
import io.reelkeeper.checklist.Checklist.Part;
import io.reelkeeper.checklist.Checklist.Point;
import io.reelkeeper.checklist.Checklist.State;
import io.reelkeeper.checklist.Evidence.Call;
import io.reelkeeper.checklist.Evidence.Event;
import io.reelkeeper.checklist.Evidence.Recordings;
import io.reelkeeper.checklist.Evidence.Start;
import io.reelkeeper.checklist.Evidence.Value;
import io.reelkeeper.provider.Agora;
import io.reelkeeper.quota.Quota;
import io.reelkeeper.quota.Usage;
import io.reelkeeper.session.limits.HaWatchdogs;
import io.reelkeeper.session.state.Policy;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/// Agora's integration checklist, each point judged by what is stored of real recordings.
@Component
public class Checklists implements DisposableBean {

  /// What each event is for, and what to look at; those of Agora's list, and 13, which the watchdog
  /// needs.
  private static final Map<Integer, String> EVENTS =
      new TreeMap<>(
          Map.of(
              40, "recorder_started",
              11, "session_exit",
              1, "cloud_recording_error",
              12, "session_failover",
              31, "uploaded",
              13, "high availability registered"));

  /// They come only when something is wrong, so that their absence proves nothing.
  private static final List<Integer> RARE = List.of(1, 12);

  private static final String SUBSCRIBE =
      "Subscribe to the events 1, 11, 12, 13, 31 and 40 in Agora's console (Notifications), with"
          + " this service's address and the secret.";

  /// A short break must not end a recording; what Agora advises; the default.
  private static final int IDLE_LEAST = 120;

  private static final int IDLE_ADVISED = 300;
  private static final int STARTS = 20;

  private final Evidence evidence;
  private final Load load;
  private final Quota quota;
  private final HaWatchdogs watchdogs;
  private final Agora agora;
  private final Policy policy;
  private final ChecklistSettings settings;
  private final Clock clock;
  private final Reach reach = Reach.ofDomains();

  Checklists(
      Evidence evidence,
      Load load,
      Quota quota,
      HaWatchdogs watchdogs,
      Agora agora,
      Policy policy,
      ChecklistSettings settings,
      Clock clock) {
    this.evidence = evidence;
    this.load = load;
    this.quota = quota;
    this.watchdogs = watchdogs;
    this.agora = agora;
    this.policy = policy;
    this.settings = settings;
    this.clock = clock;
  }

  /// Asks the app's domains whether they answer; takes two seconds at most.
  ///
  /// @param app an alias that there is
  public Checklist of(String app) {
    Instant now = clock.instant();
    Recordings recordings = evidence.recordings(app, now);
    List<Start> starts = evidence.starts(app, STARTS);
    List<Part> events = events(app, recordings);
    List<Part> domains = domains(app, now);
    return new Checklist(
        app,
        List.of(
            plain(Point.SERVICE, service(app)),
            plain(Point.REQUEST_METHODS, requestMethods(starts)),
            plain(Point.RESOURCES, resources(recordings, starts)),
            plain(Point.CHANNEL_TYPE, channelType(app)),
            plain(Point.PARAMETERS, parameters(app)),
            plain(Point.CONFIRMED_STARTS, confirmedStarts(starts)),
            plain(Point.LIMITS, limits(app, now)),
            Item.of(Point.NOTIFICATIONS, notifications(app, events), events),
            Item.of(Point.DOMAINS, domains(domains, now), domains),
            plain(Point.IDLE_TIME, idleTime(app))),
        Watchdog.of(watchdogs.state(app)));
  }

  private static Item plain(Point point, Finding finding) {
    return Item.of(point, finding, List.of());
  }

  /// The last answer to an acquire: also what a preflight says of the credentials.
  Finding service(String app) {
    Optional<Call> last = evidence.last(app, "acquire");
    if (last.isEmpty()) {
      return Finding.of(
          State.NOT_YET, "Nothing was acquired so far.", "Start a recording, in a test channel.");
    }
    Call call = last.get();
    if (call.granted()) {
      return Finding.done("Agora accepted the last acquire.", call.at(), call.session());
    }
    if (call.outcome().equals("refused")) {
      return Finding.of(
              State.WRONG,
              "Agora refused the last acquire: " + said(call),
              "Activate cloud recording for the project in Agora's console; check app-id,"
                  + " customer-key and customer-secret.")
          .seen(call.at(), call.session());
    }
    return Finding.of(
            State.UNKNOWN,
            "The last acquire was neither accepted nor refused: " + said(call),
            "Look at the calls of the session; a later start tells more.")
        .seen(call.at(), call.session());
  }

  private static String said(Call call) {
    return "HTTP %s, code %s, %s"
        .formatted(call.httpStatus(), Objects.requireNonNullElse(call.code(), "-"), call.note());
  }

  /// This service writes the requests; what may be wrong is the address that it was given.
  private static Finding requestMethods(List<Start> starts) {
    return confirmed(starts)
        .map(
            it ->
                Finding.done(
                    "acquire and start (POST) and query (GET) were answered.",
                    it.confirmedAt(),
                    it.session()))
        .orElseGet(
            () ->
                Finding.of(
                    State.NOT_YET,
                    "No query was answered so far.",
                    "Start a recording; if it stays unconfirmed, check the app's domains."));
  }

  private static Optional<Start> confirmed(List<Start> starts) {
    return starts.stream().filter(it -> it.confirmedAt() != null).findFirst();
  }

  private static Finding resources(Recordings recordings, List<Start> starts) {
    if (recordings.reusedResources() > 0) {
      return Finding.of(
          State.WRONG,
          recordings.reusedResources() + " recordings of the last 30 days share a resource ID.",
          "This is a defect of this service: please report it.");
    }
    return starts.stream()
        .findFirst()
        .map(
            it ->
                Finding.done(
                    "%d recordings in 30 days, each with a resource ID and a UID of its own."
                        .formatted(recordings.started()),
                    it.startedAt(),
                    it.session()))
        .orElseGet(
            () -> Finding.of(State.NOT_YET, "Nothing was started so far.", "Start a recording."));
  }

  private Finding channelType(String app) {
    String mend =
        "Send recording.channelType 0 where the clients use the profile communication, 1 where they"
            + " use live broadcasting.";
    var told = evidence.presence(app);
    if (told.isPresent()) {
      var it = told.get();
      boolean agrees = it.mode() == it.channelType() + 1;
      return agrees
          ? Finding.done(
              "Agora says that the channel is of the type that was sent (%d)."
                  .formatted(it.channelType()),
              it.at(),
              it.session())
          : Finding.of(
                  State.WRONG,
                  "Sent was channelType %d, Agora says that the channel is %s."
                      .formatted(
                          it.channelType(), it.mode() == 1 ? "communication (0)" : "live (1)"),
                  mend)
              .seen(it.at(), it.session());
    }
    Optional<Value> recorded = evidence.recorded(app);
    if (recorded.isPresent()) {
      return Finding.done(
          "With channelType %d streams were received: the files are there."
              .formatted(recorded.get().value()),
          recorded.get().at(),
          recorded.get().session());
    }
    List<Value> sent = evidence.values(app, "channelType");
    return sent.isEmpty()
        ? Finding.of(State.NOT_YET, "No channel was recorded so far.", mend)
        : Finding.of(
                State.UNKNOWN,
                "Sent is channelType %d; no recording with files proves it yet."
                    .formatted(sent.getFirst().value()),
                mend)
            .seen(sent.getFirst().at(), sent.getFirst().session());
  }

  private Finding parameters(String app) {
    Optional<Call> last = evidence.last(app, "start");
    if (last.isEmpty()) {
      return Finding.of(
          State.NOT_YET,
          "Nothing was started so far.",
          "Try a request with preflight, then start.");
    }
    Call call = last.get();
    return switch (call.outcome()) {
      case "granted" -> Finding.done("Agora accepted the last start.", call.at(), call.session());
      case "refused" ->
          Finding.of(
                  State.WRONG,
                  "Agora refused the last start: " + said(call),
                  "The problem that the start was answered with says what to check.")
              .seen(call.at(), call.session());
      default ->
          Finding.of(
                  State.UNKNOWN,
                  "The last start was neither accepted nor refused: " + said(call),
                  "Look at the session's timeline.")
              .seen(call.at(), call.session());
    };
  }

  private static Finding confirmedStarts(List<Start> starts) {
    List<Start> judged =
        starts.stream()
            .filter(it -> it.confirmedAt() != null || it.end().equals("not-confirmed"))
            .toList();
    long lost = judged.stream().filter(it -> it.confirmedAt() == null).count();
    Optional<Start> confirmed = confirmed(starts);
    if (judged.isEmpty() || confirmed.isEmpty()) {
      return Finding.of(
          judged.isEmpty() ? State.NOT_YET : State.WRONG,
          "No start was confirmed so far.",
          "Look at the timeline of a session: query must answer 4 or 5 within 90 s.");
    }
    Finding finding =
        Finding.done(
            "Of the last %d starts %d were confirmed."
                .formatted(judged.size(), judged.size() - lost),
            confirmed.get().confirmedAt(),
            confirmed.get().session());
    return lost * 2 <= judged.size()
        ? finding
        : Finding.of(
                State.WRONG,
                finding.detail(),
                "Recorders begin and do not come to life: ask Agora with a session's evidence.")
            .seen(finding.at(), finding.session());
  }

  private Finding limits(String app, Instant now) {
    ChecklistSettings.App configured = Objects.requireNonNull(settings.apps().get(app));
    Usage usage = quota.usage(app);
    Load.Recorders channels = load.ofChannels(app);
    int used = channels.running() + channels.starting();
    double forecast = load.of(app).running() * 1000.0 / policy.monitorInterval().toMillis();
    String figures =
        "%.1f of %.1f requests per second (queries need %.1f), %d of %d workers"
            .formatted(usage.used(), usage.limit(), forecast, used, configured.concurrentWorkers());
    Optional<Instant> refused = evidence.tooFast(app, now.minus(Duration.ofDays(1)));
    if (refused.isPresent()) {
      return Finding.of(
              State.WRONG,
              "Agora answered 429 within the last day; " + figures,
              "Something else uses the App ID, or requests-per-second is above what is granted; ask"
                  + " Agora for more.")
          .seen(refused.get(), null);
    }
    boolean tight = used >= configured.concurrentWorkers() || forecast > 0.8 * usage.limit();
    return tight
        ? Finding.of(State.WRONG, "No room: " + figures, "Ask Agora's support for higher limits.")
            .seen(now, null)
        : Finding.done(figures, now, null);
  }

  private List<Part> events(String app, Recordings recordings) {
    return evidence.events(app, List.copyOf(EVENTS.keySet())).stream()
        .sorted(Comparator.comparingInt(Event::type))
        .map(event -> Part.of(String.valueOf(event.type()), event(event, recordings)))
        .toList();
  }

  private static Finding event(Event event, Recordings recordings) {
    String name = Objects.requireNonNull(EVENTS.get(event.type()));
    if (event.receivedAt() != null) {
      return Finding.done(name + " came.", event.receivedAt(), event.session());
    }
    if (RARE.contains(event.type())) {
      return Finding.of(
          State.UNKNOWN, name + " comes only when something is wrong, and never came.", SUBSCRIBE);
    }
    boolean ofTheEnd = event.type() == 11 || event.type() == 31;
    int expected = ofTheEnd ? recordings.ended() : recordings.confirmed();
    return expected == 0
        ? Finding.of(State.NOT_YET, name + " has had no reason to come.", SUBSCRIBE)
        : Finding.of(
            State.WRONG,
            "%s never came, though %d recordings %s in 30 days."
                .formatted(name, expected, ofTheEnd ? "ended" : "began"),
            SUBSCRIBE);
  }

  private Finding notifications(String app, List<Part> events) {
    if (Objects.requireNonNull(settings.apps().get(app)).webhookSecret().isEmpty()) {
      return Finding.of(
          State.NOT_YET,
          "The app has no webhook-secret, so notifications are answered 404.",
          "Set reelkeeper.apps." + app + ".webhook-secret. " + SUBSCRIBE);
    }
    State worst =
        events.stream()
            .map(part -> State.ofWord(part.state()))
            .max(Comparator.naturalOrder())
            .orElse(State.UNKNOWN);
    Optional<Part> last =
        events.stream()
            .filter(part -> part.at() != null)
            .max(Comparator.comparing(part -> Objects.requireNonNull(part.at())));
    String lacking =
        String.join(", ", events.stream().filter(it -> it.at() == null).map(Part::name).toList());
    if (worst == State.DONE) {
      return Finding.done("Every event came.", last.orElseThrow().at(), last.get().session());
    }
    return Finding.of(worst, "Not seen so far: " + lacking + ".", SUBSCRIBE)
        .seen(last.map(Part::at).orElse(null), last.map(Part::session).orElse(null));
  }

  /// All of them at once; an HTTP answer is enough, whatever it says.
  private List<Part> domains(String app, Instant now) {
    List<URI> addresses = agora.domains(app).stream().distinct().toList();
    var found = new ArrayList<Part>();
    List<Future<Reach.Found>> asked;
    try (var each = Executors.newVirtualThreadPerTaskExecutor()) {
      asked = addresses.stream().map(it -> each.submit(() -> reach.of(it))).toList();
    }
    for (int i = 0; i < asked.size(); i++) {
      found.add(Part.of(addresses.get(i).getAuthority(), domain(asked.get(i).resultNow(), now)));
    }
    return found;
  }

  private static Finding domain(Reach.Found found, Instant now) {
    return switch (found) {
      case Reach.Found.Answers(int status) ->
          Finding.done("It answers (" + status + ").", now, null);
      case Reach.Found.Forbidden(String why) ->
          Finding.of(State.WRONG, why, "Check the app's domains.").seen(now, null);
      case Reach.Found.Nothing(String why) ->
          Finding.of(State.WRONG, why, "Open the way to it in firewall, proxy and DNS.")
              .seen(now, null);
    };
  }

  private static Finding domains(List<Part> parts, Instant now) {
    List<String> silent =
        parts.stream().filter(it -> !it.state().equals("done")).map(Part::name).toList();
    if (!silent.isEmpty()) {
      return Finding.of(
              State.WRONG,
              "No answer from " + String.join(", ", silent) + ".",
              "Open the way to every domain in firewall, proxy and DNS.")
          .seen(now, null);
    }
    return parts.size() > 1
        ? Finding.done("All " + parts.size() + " domains answer.", now, null)
        : Finding.of(
                State.WRONG,
                "There is one domain alone.",
                "Set the app's domains.location, or primary, alternate and adjacent.")
            .seen(now, null);
  }

  private Finding idleTime(String app) {
    List<Value> values = evidence.values(app, "maxIdleTime");
    Optional<Value> least = values.stream().min(Comparator.comparingInt(Value::value));
    if (least.isEmpty()) {
      return Finding.of(
          State.NOT_YET, "No channel was recorded so far.", "Leave it out: 300 s is the default.");
    }
    Value value = least.get();
    String told =
        "The least of the last %d sessions is %d s; %d s are advised."
            .formatted(values.size(), value.value(), IDLE_ADVISED);
    boolean tooShort = value.value() < Math.max(IDLE_LEAST, policy.monitorInterval().toSeconds());
    return tooShort
        ? Finding.of(
                State.WRONG,
                told,
                "Send 300: a recording must survive a break, and two queries must fit in.")
            .seen(value.at(), value.session())
        : Finding.done(told, value.at(), value.session());
  }

  @Override
  public void destroy() throws IOException {
    reach.close();
  }
}
