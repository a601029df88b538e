package io.reelkeeper.provider;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What Agora's answers say, in our words.
///
/// Each `in` reads one body of HTTP 200; empty means that the body is not the answer it should be.
public final class Heard {

  private Heard() {}

  /// @param name without any certainty about a prefix (reference §4.2): as Agora wrote it
  /// @param trackType `audio`, `video`, `audio_and_video`, or null where Agora does not say
  /// @param uid the recorded user, `0` for all
  /// @param sliceStartMs Unix milliseconds, 0 when unknown
  public record File(
      String name, @Nullable String trackType, @Nullable String uid, long sliceStartMs) {

    /// Object keys of the stores end at 1024 bytes; a longer name is none.
    private static final int LONGEST_NAME = 1024;

    /// Before this a number counts seconds: as milliseconds it would lie in 1973.
    private static final long SMALLEST_MILLIS = 100_000_000_000L;

    /// Every file of a `serverResponse`: one name, a list, or the payloads of a web recording.
    private static List<File> in(JsonNode response) {
      var found = new ArrayList<File>();
      long start = millis(response.path("sliceStartTime"));
      addNamed(response.path("fileList"), start, found);
      addNamed(response.path("fileListStr"), start, found);
      addListed(response.path("fileList"), found);
      for (JsonNode service : response.path("extensionServiceState")) {
        addListed(payload(service).path("fileList"), found);
      }
      return found;
    }

    private static void addNamed(JsonNode name, long start, List<File> found) {
      if (isName(name)) {
        found.add(new File(name.asString(), null, null, start));
      }
    }

    private static void addListed(JsonNode list, List<File> found) {
      if (!list.isArray()) {
        return;
      }
      for (JsonNode file : list) {
        JsonNode name = file.has("fileName") ? file.path("fileName") : file.path("filename");
        if (isName(name)) {
          found.add(
              new File(
                  name.asString(),
                  word(file.path("trackType")),
                  word(file.path("uid")),
                  millis(file.path("sliceStartTime"))));
        }
      }
    }

    private static boolean isName(JsonNode name) {
      return name.isString()
          && !name.asString().isBlank()
          && name.asString().length() <= LONGEST_NAME;
    }

    private static @Nullable String word(JsonNode node) {
      String text = node.isString() || node.isIntegralNumber() ? node.asString() : "";
      return text.isEmpty() || text.length() > LONGEST_NAME ? null : text;
    }

    private static long millis(JsonNode node) {
      long time = number(node).orElse(0L);
      return time > 0 && time < SMALLEST_MILLIS ? time * 1000 : Math.max(0, time);
    }
  }

  public record Acquired(String resourceId) {

    /// Seen with 190 to 365 characters; what is printable and not absurdly long is believed.
    private static final Pattern PLAUSIBLE = Pattern.compile("[\\x21-\\x7e]{4,2048}");

    static Optional<Acquired> in(JsonNode body) {
      return text(body.path("resourceId"), PLAUSIBLE).map(Acquired::new);
    }
  }

  public record Started(String sid) {

    /// 32 hexadecimal digits by all that is known; other names that are safe in a path are taken
    /// too, since a recording refused for its name would go on without us.
    private static final Pattern PLAUSIBLE = Pattern.compile("[A-Za-z0-9_-]{8,64}");

    static Optional<Started> in(JsonNode body) {
      return text(body.path("sid"), PLAUSIBLE).map(Started::new);
    }
  }

  /// @param status 0 to 8 or 20 (reference §4.3)
  public record Queried(int status, List<File> files) {
    public Queried {
      files = List.copyOf(files);
    }

    static Optional<Queried> in(JsonNode body) {
      JsonNode response = body.path("serverResponse");
      return number(response.path("status"))
          .filter(status -> (status >= 0 && status <= 8) || status == 20)
          .map(status -> new Queried(status.intValue(), File.in(response)));
    }
  }

  /// @param uploading `uploaded`, `backuped`, `unknown`, `stranded`, or null when not said
  public record Stopped(@Nullable String uploading, List<File> files) {

    private static final Set<String> KNOWN = Set.of("uploaded", "backuped", "stranded");

    public Stopped {
      files = List.copyOf(files);
    }

    static Optional<Stopped> in(JsonNode body) {
      JsonNode response = body.path("serverResponse");
      boolean ours = response.isObject() || namesTheRecording(body);
      return ours ? Optional.of(new Stopped(word(response), File.in(response))) : Optional.empty();
    }

    /// The stop of code 50: accepted, and its upload not over.
    static Stopped acceptedOnly() {
      return new Stopped("unknown", List.of());
    }

    private static @Nullable String word(JsonNode response) {
      JsonNode said = response.path("uploadingStatus");
      for (JsonNode service : response.path("extensionServiceState")) {
        if (said.isMissingNode()) {
          said = payload(service).path("uploadingStatus");
        }
      }
      if (!said.isString()) {
        return null;
      }
      return KNOWN.contains(said.asString()) ? said.asString() : "unknown";
    }
  }

  public record Updated() {

    static Optional<Updated> in(JsonNode body) {
      return namesTheRecording(body) ? Optional.of(new Updated()) : Optional.empty();
    }
  }

  /// @param hosts users that keep a recorder from being idle
  public record Present(boolean exists, int hosts) {

    /// Hosts are listed for a live channel; in a communication channel everybody counts, and where
    /// only its existence is told somebody must be there.
    static Optional<Present> in(JsonNode body) {
      JsonNode data = body.path("data");
      JsonNode exists = data.path("channel_exist");
      if (!exists.isBoolean() || body.path("success").asBoolean(true) == false) {
        return Optional.empty();
      }
      if (!exists.asBoolean()) {
        return Optional.of(new Present(false, 0));
      }
      for (String list : List.of("broadcasters", "users")) {
        if (data.path(list).isArray()) {
          return Optional.of(new Present(true, data.path(list).size()));
        }
      }
      long total = number(data.path("total")).orElse(1L);
      return Optional.of(new Present(true, (int) Math.clamp(total, 0, Integer.MAX_VALUE)));
    }
  }

  private static boolean namesTheRecording(JsonNode body) {
    return isGiven(body.path("sid")) || isGiven(body.path("resourceId"));
  }

  private static boolean isGiven(JsonNode node) {
    return node.isString() && !node.asString().isBlank();
  }

  /// Agora's documents of stop spelled the member `playload` for years.
  private static JsonNode payload(JsonNode service) {
    return service.has("payload") ? service.path("payload") : service.path("playload");
  }

  private static Optional<String> text(JsonNode node, Pattern plausible) {
    return node.isString() && plausible.matcher(node.asString()).matches()
        ? Optional.of(node.asString())
        : Optional.empty();
  }

  private static Optional<Long> number(JsonNode node) {
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return Optional.of(node.asLong());
    }
    return node.isString() && node.asString().matches("[0-9]{1,18}")
        ? Optional.of(Long.valueOf(node.asString()))
        : Optional.empty();
  }
}
