package io.reelkeeper.checklist;

import io.reelkeeper.checklist.Checklist.Finding;
import io.reelkeeper.checklist.Preflight.Check;
import io.reelkeeper.core.Destination;
import io.reelkeeper.core.Mode;
import io.reelkeeper.provider.RtcTokens;
import io.reelkeeper.quota.Quota;
import io.reelkeeper.quota.Usage;
import io.reelkeeper.session.Opening;
import io.reelkeeper.session.limits.Workers;
import io.reelkeeper.session.state.Policy;
import io.reelkeeper.storage.Seen;
import io.reelkeeper.storage.StorageProbe;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Checks a start request against everything that it would meet, and starts nothing.
///
/// Agora is not asked: an acquire would take a turn of the pace from real recordings, and what it
/// would say is known from the last real one.
@Component
class Preflights implements DisposableBean {

  /// A lesson; what ends sooner ends in the middle of it.
  private static final Duration TOKEN_LASTS = Duration.ofHours(2);

  /// The areas of Agora's servers, by the words that regions of stores and of ours begin with.
  private static final Map<String, String> AREAS =
      Map.ofEntries(
          Map.entry("us", "America"),
          Map.entry("na", "America"),
          Map.entry("ca", "America"),
          Map.entry("sa", "America"),
          Map.entry("la", "America"),
          Map.entry("north america", "America"),
          Map.entry("eu", "Europe"),
          Map.entry("ap", "Asia"),
          Map.entry("southeast asia", "Asia"),
          Map.entry("singapore", "Asia"),
          Map.entry("cn", "China"),
          Map.entry("east china", "China"),
          Map.entry("north china", "China"),
          Map.entry("south china", "China"));

  private final Evidence evidence;
  private final Checklists checklists;
  private final RtcTokens tokens;
  private final StorageProbe storage;
  private final Workers workers;
  private final Quota quota;
  private final Policy policy;
  private final ChecklistSettings settings;
  private final Load load;
  private final Clock clock;
  private final JsonMapper json;
  private final Reach pages = Reach.ofPages(SystemDefaultDnsResolver.INSTANCE);

  Preflights(
      Evidence evidence,
      Checklists checklists,
      RtcTokens tokens,
      StorageProbe storage,
      Workers workers,
      Quota quota,
      Policy policy,
      ChecklistSettings settings,
      Load load,
      Clock clock,
      JsonMapper json) {
    this.evidence = evidence;
    this.checklists = checklists;
    this.tokens = tokens;
    this.storage = storage;
    this.workers = workers;
    this.quota = quota;
    this.policy = policy;
    this.settings = settings;
    this.load = load;
    this.clock = clock;
    this.json = json;
  }

  Preflight of(Opening opening) {
    var checks = new ArrayList<Check>();
    checks.add(Check.ok("parameters", "Type, case and range of every known field are right."));
    checks.add(credentials(opening.app()));
    checks.add(session(opening));
    checks.add(uids(opening));
    if (opening.mode() != Mode.WEB) {
      checks.add(token(opening));
    }
    checks.add(region(opening));
    checks.add(prefix(opening.destination()));
    storage(opening.destination(), checks);
    if (opening.mode() == Mode.WEB) {
      page(opening.request(), checks);
    }
    checks.add(workers(opening));
    checks.add(requestsPerSecond(opening.app()));
    return Preflight.of(checks);
  }

  private Check credentials(String app) {
    Finding finding = checklists.service(app);
    String status =
        switch (finding.state()) {
          case DONE -> "ok";
          case WRONG -> "failed";
          case UNKNOWN, NOT_YET -> "unknown";
        };
    return new Check(
        "credentials",
        status,
        finding.at() == null ? finding.detail() : finding.detail() + " (" + finding.at() + ")");
  }

  private Check session(Opening opening) {
    return evidence
        .active(opening.app(), opening.channel(), opening.mode().word(), opening.slot())
        .map(
            id ->
                Check.warning(
                    "session",
                    "This is recorded already: the same request is answered with session %s, another one with 409."
                        .formatted(id)))
        .orElseGet(
            () -> Check.ok("session", "Nothing records this channel in this mode and slot."));
  }

  private Check uids(Opening opening) {
    if (opening.uids().isEmpty()) {
      return Check.ok("uids", "Taken from the app's block, unique in the channel.");
    }
    List<String> taken = evidence.taken(opening.app(), opening.channel(), opening.uids());
    if (!taken.isEmpty()) {
      return Check.failed(
          "uids",
          "Recorders in this channel have %s; two with one UID throw each other out."
              .formatted(String.join(", ", taken)));
    }
    return Check.ok(
        "uids",
        "No recorder of this service has them; that no user has them is the caller's part.");
  }

  private Check token(Opening opening) {
    if (tokens.mint(opening.app(), opening.channel(), "1").isPresent()) {
      return Check.ok(
          "token", "Minted for each recorder; one that is minted now ends " + tokens.ends() + ".");
    }
    JsonNode sent =
        opening.secrets() == null
            ? json.createObjectNode()
            : json.readTree(opening.secrets()).path("tokens");
    if (sent.isEmpty()) {
      return Check.unknown(
          "token",
          "There is none, and no app-certificate: that is right only while the project has no"
              + " certificate.");
    }
    Check worst = Check.ok("token", "Every token is for this app, channel and UID.");
    for (String uid : sent.propertyNames()) {
      Check check = token(opening, uid, sent.path(uid).asString(""));
      worst = severity(check) > severity(worst) ? check : worst;
    }
    return worst;
  }

  private Check token(Opening opening, String uid, String token) {
    Optional<RtcTokens.Said> read = RtcTokens.read(token);
    if (read.isEmpty()) {
      return Check.unknown("token", "The token of " + uid + " is not of the kind 007: not read.");
    }
    RtcTokens.Said said = read.get();
    Instant now = clock.instant();
    if (!tokens.isOf(opening.app(), said)) {
      return Check.failed("token", "The token of " + uid + " is for another App ID.");
    }
    if (!said.channel().equals(opening.channel())) {
      return Check.failed("token", "The token of " + uid + " is for another channel.");
    }
    if (!said.uid().isEmpty() && !said.uid().equals(uid)) {
      return Check.failed("token", "The token of " + uid + " is for another UID.");
    }
    if (!said.ends().isAfter(now)) {
      return Check.failed("token", "The token of " + uid + " has ended at " + said.ends() + ".");
    }
    return said.ends().isBefore(now.plus(TOKEN_LASTS))
        ? Check.warning(
            "token",
            "The token of %s ends at %s, and cannot be renewed while it records."
                .formatted(uid, said.ends()))
        : Check.ok("token", "The first to end does at " + said.ends() + ".");
  }

  private static int severity(Check check) {
    return List.of("ok", "unknown", "warning", "failed").indexOf(check.status());
  }

  private Check region(Opening opening) {
    Destination place = opening.destination();
    String pair = place.vendor() + " " + place.region();
    String location =
        Objects.requireNonNull(settings.apps().get(opening.app())).domains().location();
    Optional<String> here = area(location);
    Optional<String> there = area(place.region());
    if (here.isEmpty() || there.isEmpty()) {
      return Check.unknown(
          "region", pair + " is a pair that Agora knows; whether it is near is not known here.");
    }
    return here.equals(there)
        ? Check.ok("region", "%s is in %s, like this service.".formatted(pair, here.get()))
        : Check.warning(
            "region",
            "%s is in %s, this service in %s: uploads across areas are slow and can lose files."
                .formatted(pair, there.get(), here.get()));
  }

  private static Optional<String> area(String region) {
    String words = region.toLowerCase(Locale.ROOT).replace('_', ' ').replace('-', ' ');
    return AREAS.entrySet().stream()
        .filter(it -> words.equals(it.getKey()) || words.startsWith(it.getKey() + " "))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private static Check prefix(Destination place) {
    return Check.ok(
        "prefix",
        place.prefix().isEmpty()
            ? "Files lie at the top of the bucket."
            : "Files lie in " + String.join("/", place.prefix()) + "/.");
  }

  private void storage(Destination place, List<Check> checks) {
    StorageProbe.Outcome outcome = storage.at(place);
    if (!(outcome.written() instanceof Seen.Readable)) {
      checks.add(
          Check.failed(
              "storage-write", "The probe object is not taken: " + outcome.written().problem()));
      checks.add(Check.unknown("storage-read", "There is nothing to look for."));
      return;
    }
    checks.add(
        outcome.removed()
            ? Check.ok("storage-write", "A probe object was written and removed.")
            : Check.ok(
                "storage-write",
                "A probe object was written; it may not be removed and stays as %s."
                    .formatted(outcome.key())));
    checks.add(found(outcome.found()));
  }

  private static Check found(@Nullable Seen<Boolean> found) {
    if (found == null) {
      return Check.ok("storage-read", "Not looked for: the profile is marked write-only.");
    }
    return found instanceof Seen.Readable
        ? Check.ok("storage-read", "The probe object was found.")
        : Check.warning(
            "storage-read", "It records, but no audit can see the files: " + found.problem());
  }

  private void page(JsonNode request, List<Check> checks) {
    URI address = URI.create(request.path("web").path("url").asString(""));
    checks.add(
        switch (pages.of(address)) {
          case Reach.Found.Answers(int status) -> answered(status);
          case Reach.Found.Forbidden(String why) when settings.sandbox().enabled() ->
              Check.unknown("page", "Not looked at, in the sandbox: " + why + ".");
          case Reach.Found.Forbidden(String _) ->
              Check.failed(
                  "page", "Its name leads to no public address: Agora's recorders cannot open it.");
          case Reach.Found.Nothing(String why) -> Check.failed("page", "No answer: " + why + ".");
        });
    if (request.path("page").path("probe").asBoolean(false)) {
      boolean mixed =
          "https".equalsIgnoreCase(address.getScheme())
              && !"https".equalsIgnoreCase(settings.publicUrl().getScheme());
      checks.add(
          mixed
              ? Check.failed(
                  "page-probe",
                  "A page under https may not report to a public-url under http: it would be"
                      + " replaced as silent.")
              : Check.ok("page-probe", "The page can report to " + settings.publicUrl() + "."));
    }
  }

  private static Check answered(int status) {
    if (status < 300) {
      return Check.ok("page", "It answers " + status + ".");
    }
    if (status < 400) {
      return Check.ok("page", "It answers %d and leads elsewhere; not followed.".formatted(status));
    }
    return status == 401 || status == 403
        ? Check.warning("page", "It answers %d: recorders bring no login.".formatted(status))
        : Check.failed("page", "It answers " + status + ".");
  }

  private Check workers(Opening opening) {
    return workers
        .full(opening.app(), opening.mode(), opening.request())
        .map(
            full ->
                Check.failed(
                    "workers", "All %d %s are in use.".formatted(full.limit(), full.recorders())))
        .orElseGet(() -> Check.ok("workers", "There is room for one more."));
  }

  private Check requestsPerSecond(String app) {
    Usage usage = quota.usage(app);
    double needed = (load.of(app).running() + 1) * 1000.0 / policy.monitorInterval().toMillis();
    String figures =
        String.format(
            Locale.ROOT,
            "%.1f of %.1f per second are used, queries of all recordings need %.1f.",
            usage.used(),
            usage.limit(),
            needed);
    boolean tight = usage.slowedUntil() != null || needed > 0.8 * usage.limit();
    return tight
        ? Check.warning("requests-per-second", "Tight: " + figures)
        : Check.ok("requests-per-second", figures);
  }

  @Override
  public void destroy() throws IOException {
    pages.close();
  }
}
