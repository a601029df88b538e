package io.reelkeeper.core;

import java.util.Locale;

/// How constants are written outside: `NOT_FOUND` is `not-found`.
public final class Words {

  private Words() {}

  public static String slug(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
