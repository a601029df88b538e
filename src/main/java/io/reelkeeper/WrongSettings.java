package io.reelkeeper;

import java.util.List;

/// The service cannot start with the settings it was given.
final class WrongSettings extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// @param mistakes one sentence each: key, problem, accepted range; never a value
  WrongSettings(List<String> mistakes) {
    super(String.join(System.lineSeparator(), mistakes));
  }
}
