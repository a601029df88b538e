package io.reelkeeper.storage;

import io.reelkeeper.core.FileNames;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads M3U8 as Agora writes it (reference §9.4), line by line, whatever else stands there.
///
/// Agora leaves the comma of EXTINF away and has tags of its own. What makes no sense is skipped
/// and counted: a playlist is what somebody put into a bucket.
public final class Playlist {

  /// The longest playlist that is read: a recording of 720 hours in slices of 15 s has half of it.
  public static final long LONGEST = 48L << 20;

  /// Keys end at 1024 bytes; no line of a playlist is much longer.
  private static final int LONGEST_LINE = 4096;

  private static final Pattern UPWARDS = Pattern.compile("(^|.*/)\\.\\.?(/.*|$)");

  /// No slice lasts as long: they are cut after minutes.
  private static final double LONGEST_SLICE = 86_400;

  /// The slice's start in its name: 17 digits before the ending.
  private static final Pattern START = Pattern.compile("_(\\d{17})\\.[a-zA-Z0-9]+$");

  private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern("yyyyMMddHHmmssSSS");

  private static final Pattern TIME = Pattern.compile("[,:]TIME=(\\d{1,15})(?:,|$)");

  /// A slice as a playlist names it.
  ///
  /// @param name as written: relative to the playlist
  /// @param seconds 0 when they were not told
  /// @param startMs Unix milliseconds by its name, or by the tag before it; -1 when neither tells
  /// @param resumed whether a discontinuity was marked before it
  public record Slice(String name, double seconds, long startMs, boolean resumed) {}

  /// What all lines together say.
  ///
  /// @param header whether it began as a playlist
  /// @param ended whether it said that nothing will follow
  /// @param strange lines that make no sense
  /// @param foreign those of them that stand where a slice should and name nothing to look for: an
  ///     address, a file above or beside the playlist's folder, something that is no media
  public record Summary(
      boolean header, boolean ended, int slices, double seconds, int strange, int foreign) {}

  private final Consumer<Slice> sink;
  private boolean header;
  private boolean ended;
  private int slices;
  private double seconds;
  private int strange;
  private int foreign;
  private double next;
  private long tagged = -1;
  private boolean resumed;

  private Playlist(Consumer<Slice> sink) {
    this.sink = sink;
  }

  /// Reads all of it; each slice goes to the sink in the order of the playlist.
  public static Summary read(InputStream content, Consumer<Slice> sink) throws IOException {
    var playlist = new Playlist(sink);
    Reader reader = new BufferedReader(new InputStreamReader(content, StandardCharsets.UTF_8));
    var line = new StringBuilder();
    while (true) {
      int character = reader.read();
      if (character == '\n' || character == '\r' || character < 0) {
        playlist.line(line);
        line.setLength(0);
        if (character < 0) {
          return playlist.summary();
        }
      } else if (line.length() <= LONGEST_LINE) {
        line.append((char) character);
      }
    }
  }

  private Summary summary() {
    return new Summary(header, ended, slices, seconds, strange, foreign);
  }

  private void line(CharSequence raw) {
    String line = raw.toString().replace("\uFEFF", "").strip();
    if (line.isEmpty()) {
      return;
    }
    if (line.length() > LONGEST_LINE) {
      strange++;
      foreign += line.startsWith("#") ? 0 : 1;
    } else if (!line.startsWith("#")) {
      slice(line);
    } else if (line.startsWith("#EXTM3U")) {
      header = true;
    } else if (line.startsWith("#EXTINF:")) {
      next = duration(line.substring("#EXTINF:".length()));
    } else if (line.startsWith("#EXT-X-ENDLIST")) {
      ended = true;
    } else if (line.startsWith("#EXT-X-DISCONTINUITY") && !line.contains("SEQUENCE")) {
      resumed = true;
    } else if (line.startsWith("#EXT-X-AGORA-TRACK-EVENT:")) {
      Matcher time = TIME.matcher(line);
      tagged = time.find() ? Long.parseLong(time.group(1)) : tagged;
    }
  }

  private double duration(String text) {
    int comma = text.indexOf(',');
    try {
      double value = Double.parseDouble((comma < 0 ? text : text.substring(0, comma)).strip());
      if (value >= 0 && value <= LONGEST_SLICE) {
        return value;
      }
    } catch (NumberFormatException _) {
      // told below, as a number out of range is
    }
    strange++;
    return 0;
  }

  /// Only what lies beside the playlist or below it is a slice of it. Two dots may stand within a
  /// name, for a channel may be called so.
  private void slice(String name) {
    boolean elsewhere =
        name.startsWith("/")
            || name.contains("://")
            || UPWARDS.matcher(name).matches()
            || !FileNames.mayBeKey(name)
            || !isMedia(name);
    if (elsewhere) {
      strange++;
      foreign++;
    } else {
      Long named = startOf(name);
      slices++;
      seconds += next;
      sink.accept(new Slice(name, next, named == null ? tagged : named, resumed));
    }
    next = 0;
    tagged = -1;
    resumed = false;
  }

  private static boolean isMedia(String name) {
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return switch (ending) {
      case "ts", "webm", "mp4", "m4s", "aac" -> true;
      default -> false;
    };
  }

  /// Unix milliseconds at which a slice begins, by its name; null when it does not tell.
  public static @Nullable Long startOf(String name) {
    Matcher start = START.matcher(name);
    if (!start.find()) {
      return null;
    }
    try {
      return LocalDateTime.parse(start.group(1), UTC).toInstant(ZoneOffset.UTC).toEpochMilli();
    } catch (DateTimeException _) {
      return null;
    }
  }
}
