package io.reelkeeper.core;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How Agora names its files (reference §9).
public final class FileNames {

  /// Agora writes these as `-` in the file names of web page recordings.
  private static final Pattern REPLACED = Pattern.compile("[!@#$%^&*()+_.=\\[\\]{}~|,;:?<>]");

  private static final String PLAYLIST = ".m3u8";

  /// In bytes; all stores have this limit.
  private static final int LONGEST_KEY = 1024;

  private static final Set<String> TYPES = Set.of(".m3u8", ".ts", ".mp4", ".webm", ".jpg");

  /// In front of a name: the recorder moved for the n-th time.
  private static final Pattern MOVED = Pattern.compile("bak(\\d{1,4})_");

  /// Before `.m3u8`: a playlist that Agora's backup sent again.
  private static final Pattern SENT_AGAIN = Pattern.compile("_(\\d{1,18})_(\\d{1,9})");

  private FileNames() {}

  /// Another form of an expected file.
  ///
  /// @param move n of `bak<n>_`, the recorder's n-th move, from 0; -1 without one
  /// @param copy index of `_<tick>_<index>`, the playlist sent again, higher is newer; -1 without
  public record Form(int move, int copy) {}

  /// The playlist's key in the bucket; null where one recording has many (`individual`).
  public static @Nullable String playlist(
      Mode mode, List<String> prefix, String sid, String cname) {
    return switch (mode) {
      case COMPOSITE -> key(prefix, sid + "_" + cname + PLAYLIST);
      case WEB -> key(prefix, sid + "_" + REPLACED.matcher(cname).replaceAll("-") + PLAYLIST);
      case INDIVIDUAL -> null;
    };
  }

  /// The key in the bucket of a name that Agora gave, which may or may not have its folders.
  public static String key(List<String> prefix, String name) {
    String relative = name.startsWith("/") ? name.substring(1) : name;
    String folders = prefix.isEmpty() ? "" : String.join("/", prefix) + "/";
    return relative.startsWith(folders) ? relative : folders + relative;
  }

  /// Whether a store could hold an object of this name: 1024 bytes at most, and no control
  /// characters, which nobody's recorder writes and which break lines where names are told.
  public static boolean mayBeKey(String name) {
    return !name.isEmpty()
        && name.length() <= LONGEST_KEY
        && name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_KEY
        && name.chars().noneMatch(Character::isISOControl);
  }

  /// Whether a key, without its folders, is of the recording with this sid: a playlist, a slice or
  /// a picture, moved or not.
  public static boolean isOf(String sid, String name) {
    Matcher moved = MOVED.matcher(name);
    return name.startsWith(sid) || (moved.lookingAt() && name.startsWith(sid, moved.end()));
  }

  /// `m3u8`, `ts`, `mp4`, `webm` or `jpg`, by the name's ending.
  public static Optional<String> type(String name) {
    return Optional.of(ending(name).toLowerCase(Locale.ROOT))
        .filter(TYPES::contains)
        .map(ending -> ending.substring(1));
  }

  /// Whether a key is the expected file, or what it became by a move or a backup.
  ///
  /// It is asked against what is expected, because a channel may be called `room_1_2` itself.
  public static Optional<Form> formOf(String expected, String key) {
    int folders = expected.lastIndexOf('/') + 1;
    if (!key.startsWith(expected.substring(0, folders))) {
      return Optional.empty();
    }
    String wanted = expected.substring(folders);
    String name = key.substring(folders);
    String stem = wanted.substring(0, wanted.length() - ending(wanted).length());
    int move = -1;
    Matcher moved = MOVED.matcher(name);
    if (!name.startsWith(stem) && moved.lookingAt()) {
      move = Integer.parseInt(moved.group(1));
      name = name.substring(moved.end());
    }
    if (name.equals(wanted)) {
      return Optional.of(new Form(move, -1));
    }
    if (!ending(wanted).equals(PLAYLIST)
        || !ending(name).equals(PLAYLIST)
        || !name.startsWith(stem)
        || name.length() < wanted.length()) {
      return Optional.empty();
    }
    Matcher again =
        SENT_AGAIN.matcher(name.substring(stem.length(), name.length() - PLAYLIST.length()));
    return again.matches()
        ? Optional.of(new Form(move, Integer.parseInt(again.group(2))))
        : Optional.empty();
  }

  /// With its dot; empty without one.
  private static String ending(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(dot);
  }
}
