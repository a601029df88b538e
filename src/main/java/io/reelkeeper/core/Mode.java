package io.reelkeeper.core;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// What is recorded, and how: one mixed picture, one file per user, or a web page.
public enum Mode {
  COMPOSITE("mix"),
  INDIVIDUAL("individual"),
  WEB("web");

  private final String agora;

  Mode(String agora) {
    this.agora = agora;
  }

  /// The mode's segment in Agora's paths.
  public String agora() {
    return agora;
  }

  /// The mode's name in our own API.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Mode> ofWord(String word) {
    return Stream.of(values()).filter(mode -> mode.word().equals(word)).findFirst();
  }
}
