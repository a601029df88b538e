package io.reelkeeper.api.problem;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Every problem that this service answers with. The slug is part of the contract.
public enum Problem {
  INVALID_REQUEST(
      400,
      "The request is not valid",
      "Something in the request breaks a rule. Nothing was sent to Agora and nothing was stored.",
      "Read `errors`: each entry has a JSON pointer to the place and a sentence with the accepted"
          + " range. All violations are listed at once."),
  UNAUTHORIZED(
      401,
      "No key, or a wrong one",
      "The request came without an API key or token, or with one that is not taken here.",
      "Send `Authorization: Bearer <key>`. Keys are configured as SHA-256 under"
          + " `reelkeeper.access.keys`."),
  FORBIDDEN(
      403,
      "Not allowed to this key",
      "The key is known, but its role or its apps do not cover this request.",
      "Use a key with the role `operate` (to start and stop) or `read`, or have the app added to"
          + " the key."),
  NOT_FOUND(
      404,
      "Not found",
      "There is nothing under this address, or nothing that this key may see.",
      "Check the path and the id. Sessions of other apps look like this, too."),
  METHOD_NOT_ALLOWED(
      405,
      "Method not allowed",
      "The address exists, but not for this HTTP method.",
      "Use one of the methods in the `Allow` header; `/docs` lists them all."),
  NOT_ACCEPTABLE(
      406,
      "Not acceptable",
      "The `Accept` header leaves no format that this service can answer in.",
      "Accept `application/json`."),
  TOO_SLOW(
      408,
      "The request came too slowly",
      "The body of a request was not there within the time for it.",
      "Send the request again, on a new connection."),
  CHANNEL_ALREADY_RECORDED(
      409,
      "The channel is already being recorded differently",
      "A session with the same app, channel, mode and slot is active with another configuration."
          + " Two of them would be billed twice, and the files of one would not be where the other"
          + " wants them.",
      "Use `activeSession`, or stop it first, or send the same configuration. To record the channel"
          + " twice on purpose, give the second one its own `slot`. `conflicts` lists what"
          + " differs."),
  NOT_RECORDING(
      409,
      "The session is not recording",
      "The command needs a live recorder, and this session has none at the moment.",
      "Look at the session's `status` and `reason`; repeat the command when it is `recording`."),
  PAGE_NOT_RECORDED(
      410,
      "The page is not recorded any more",
      "A page reported itself, and the recording that it belongs to is over.",
      "Do not report any more; `probe.js` stops by itself."),
  PAYLOAD_TOO_LARGE(
      413,
      "The body is too large",
      "A request to `/v1` may be 64 KiB long, a notification 256 KiB, the report of a page 1 KiB.",
      "Send less; labels and unknown fields are the usual reason."),
  UNSUPPORTED_MEDIA_TYPE(
      415,
      "Unsupported media type",
      "The body is not JSON, or does not say so.",
      "Send `Content-Type: application/json`."),
  IDEMPOTENCY_KEY_REUSED(
      422,
      "The idempotency key was used for another request",
      "An idempotency key stands for one request for 24 hours; this body is not the one it was used"
          + " with.",
      "Use a new key for a new request, or repeat the first request byte by byte."),
  PROVIDER_REJECTED(
      422,
      "Agora rejected the request",
      "Agora answered that it will not start or change the recording as requested. Repeating it"
          + " will not help.",
      "`provider` holds Agora's own answer, `detail` what to check."),
  PAGE_TOO_EARLY(
      425,
      "The recording has only just begun",
      "A page reported itself before Agora's answer to the start of its recording was known here.",
      "Report again after a second; `probe.js` does."),
  TOO_MANY_REQUESTS(
      429,
      "Too many requests",
      "A page may report itself once a second; an address that sent many wrong keys is not heard"
          + " for a while.",
      "Wait for the time in `Retry-After`, and look for a caller with an old key."),
  TOO_MANY_STREAMS(
      429,
      "Too many event streams",
      "This key, or this replica, has as many open streams of `/v1/events` as it may.",
      "Close a stream; one can carry the events of all apps of a key. Then try again after the time"
          + " in `Retry-After`."),
  WORKERS_EXHAUSTED(
      503,
      "No recorder is free",
      "The App ID has as many concurrent recorders as it may (Agora's peak concurrent workers).",
      "Try again after the time in `Retry-After`, stop what is no longer needed, or ask Agora for a"
          + " higher quota."),
  PROVIDER_UNAVAILABLE(
      503,
      "Agora is out of reach",
      "Agora did not answer usably on any domain for the whole schedule of attempts.",
      "Try again after the time in `Retry-After`. Whatever may have begun is watched and stopped."),
  ISSUER_UNAVAILABLE(
      503,
      "The token cannot be checked now",
      "The issuer of tokens does not answer, or does not publish the key of this one. Callers with"
          + " an API key are not concerned.",
      "Try again after the time in `Retry-After`."),
  DATABASE_UNAVAILABLE(
      503,
      "The database is out of reach",
      "Nothing can be accepted because nothing could be kept.",
      "Try again after the time in `Retry-After`, with the same idempotency key: it will not start"
          + " anything twice. Recordings that run go on."),
  INTERNAL_ERROR(
      500,
      "Something went wrong here",
      "This service failed in a way that it should not.",
      "Repeat the request with the same idempotency key; if it stays, look into the service's"
          + " log.");

  private final int status;
  private final String title;
  private final String meaning;
  private final String remedy;

  Problem(int status, String title, String meaning, String remedy) {
    this.status = status;
    this.title = title;
    this.meaning = meaning;
    this.remedy = remedy;
  }

  static Optional<Problem> ofSlug(String slug) {
    return Stream.of(values()).filter(problem -> problem.slug().equals(slug)).findFirst();
  }

  public String slug() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public String type() {
    return "/problems/" + slug();
  }

  public int status() {
    return status;
  }

  public String title() {
    return title;
  }

  String meaning() {
    return meaning;
  }

  String remedy() {
    return remedy;
  }
}
