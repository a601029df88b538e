package io.reelkeeper.session;

import java.util.Locale;

/// How constants are written outside: `NOT_FOUND` is `not-found`.
final class Words {

  private Words() {}

  static String slug(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
