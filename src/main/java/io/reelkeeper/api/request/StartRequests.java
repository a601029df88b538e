package io.reelkeeper.api.request;

import io.reelkeeper.api.access.Caller;
import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.ProblemException;
import io.reelkeeper.core.Destination;
import io.reelkeeper.core.Mode;
import io.reelkeeper.session.Opening;
import io.reelkeeper.session.Secrets;
import io.reelkeeper.session.state.Session.Assurance;
import io.reelkeeper.session.state.Session.OnIdle;
import io.reelkeeper.storage.StorageProfiles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Turns the body of a start request into a checked wish, or ends it with every violation that it
/// has.
@Component
public class StartRequests {

  private final KnownApps apps;
  private final StorageProfiles profiles;
  private final Secrets secrets;

  StartRequests(KnownApps apps, StorageProfiles profiles, Secrets secrets) {
    this.apps = apps;
    this.profiles = profiles;
    this.secrets = secrets;
  }

  /// @param idempotencyKey as sent, or null
  /// @throws ProblemException `invalid-request`, or `forbidden` for an app that is not the caller's
  public Opening read(Caller caller, @Nullable String idempotencyKey, byte[] body) {
    var violations = new Violations();
    Optional<ObjectNode> read = JsonText.read(body, violations);
    violations.raise();
    ObjectNode request = read.orElseThrow();

    FieldRules.REQUEST.check(request, "", violations);
    Optional<Mode> mode = text(request, "mode").flatMap(Mode::ofWord);
    mode.ifPresent(known -> CrossRules.check(request, known, violations));
    app(request, caller, violations);
    mode.ifPresent(known -> tokens(request, known, violations));
    Optional<Destination> destination = destination(request, violations);
    if (!secrets.available()) {
      refuseSecrets(request, violations);
    }
    violations.raise();
    return opening(
        caller, idempotencyKey, body, request, mode.orElseThrow(), destination.orElseThrow());
  }

  /// A request to this app and no other.
  ///
  /// @throws ProblemException as [#read]
  public Opening readFor(String app, Caller caller, byte[] body) {
    Opening opening = read(caller, null, body);
    if (!opening.app().equals(app)) {
      var violations = new Violations();
      violations.add("/app", "This must be the app of the path.");
      violations.raise();
    }
    return opening;
  }

  private void app(JsonNode request, Caller caller, Violations violations) {
    text(request, "app")
        .ifPresent(
            app -> {
              if (!apps.has(app)) {
                violations.add(
                    "/app", "There is no such app; it must be an alias under reelkeeper.apps.");
              } else if (!caller.mayUse(app)) {
                throw new ProblemException(
                    Problem.FORBIDDEN, "This key may not record with the app of the request.");
              }
            });
  }

  /// A recorder that takes over without a token could not enter the channel.
  private void tokens(JsonNode request, Mode mode, Violations violations) {
    boolean minted = text(request, "app").filter(apps::mintsTokens).isPresent();
    JsonNode tokens = request.path("tokens");
    boolean wrong = !tokens.isObject() || violations.anyBelow("/tokens");
    if (mode == Mode.WEB || minted || wrong || tokens.isEmpty()) {
      return;
    }
    List<String> recorders = SplitRequest.uids(request).stream().limit(2).toList();
    if (recorders.size() < 2 || !recorders.stream().allMatch(tokens::has)) {
      violations.add(
          "/tokens",
          "A replacement would have no token. The app has no certificate, so give uid and"
              + " backupUid and a token for each of the two; or configure app-certificate, and"
              + " tokens are minted here.");
    }
  }

  private Optional<Destination> destination(JsonNode request, Violations violations) {
    List<String> prefix = new ArrayList<>();
    request.path("prefix").forEach(element -> element.stringValueOpt().ifPresent(prefix::add));
    StorageProfiles.prefixProblem(prefix)
        .ifPresent(wrong -> violations.add("/prefix", "This does not fit: " + wrong + "."));
    return text(request, "storage")
        .flatMap(
            profile -> {
              Optional<Destination> found = profiles.resolve(profile, prefix);
              if (found.isEmpty()) {
                violations.add(
                    "/storage",
                    "There is no such storage profile; it must be a name under"
                        + " reelkeeper.storage.");
              }
              return found;
            });
  }

  /// What cannot be encrypted is not stored, so a session that needs it could not be replaced.
  static void refuseSecrets(JsonNode request, Violations violations) {
    String refusal =
        "This is a secret, and secrets are only taken when reelkeeper.encryption-key is"
            + " configured.";
    if (!request.path("tokens").isEmpty()) {
      violations.add("/tokens", refusal);
    }
    for (String field : List.of("secret", "salt")) {
      if (request.path("recording").has(field)) {
        violations.add("/recording/" + field, refusal);
      }
    }
  }

  private static Opening opening(
      Caller caller,
      @Nullable String idempotencyKey,
      byte[] body,
      ObjectNode sent,
      Mode mode,
      Destination destination) {
    SplitRequest split = SplitRequest.of(sent, mode);
    Assurance assurance = constant(Assurance.class, sent, "assurance", Assurance.STANDARD);
    OnIdle onIdle = constant(OnIdle.class, sent, "onIdle", OnIdle.END);
    Map<String, String> labels = new LinkedHashMap<>();
    sent.path("labels").forEachEntry((name, value) -> labels.put(name, value.stringValue()));
    return new Opening(
        caller.name(),
        idempotencyKey,
        Sameness.sha256(body),
        sent.get("app").stringValue(),
        sent.get("channel").stringValue(),
        mode,
        text(sent, "slot").orElse("main"),
        assurance,
        onIdle,
        destination,
        split.open(),
        Sameness.digest(split.open(), destination, assurance, onIdle, split.channelKey()),
        split.uids(),
        labels,
        split.secrets());
  }

  private static <E extends Enum<E>> E constant(
      Class<E> type, JsonNode sent, String member, E otherwise) {
    return text(sent, member)
        .map(word -> Enum.valueOf(type, word.toUpperCase(Locale.ROOT)))
        .orElse(otherwise);
  }

  private static Optional<String> text(JsonNode object, String member) {
    return object.path(member).stringValueOpt();
  }
}
