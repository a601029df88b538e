package io.reelkeeper.checklist;

import java.util.List;

/// What a start request would meet.
///
/// @param ready whether nothing is known that would keep it from recording
record Preflight(boolean ready, List<Check> checks) {

  /// @param status `ok`; `warning`: it would record, and is not as advised; `failed`: it would not
  ///     record, or not be stored; `unknown`: it cannot be seen from here
  record Check(String name, String status, String detail) {

    static Check ok(String name, String detail) {
      return new Check(name, "ok", detail);
    }

    static Check warning(String name, String detail) {
      return new Check(name, "warning", detail);
    }

    static Check failed(String name, String detail) {
      return new Check(name, "failed", detail);
    }

    static Check unknown(String name, String detail) {
      return new Check(name, "unknown", detail);
    }
  }

  static Preflight of(List<Check> checks) {
    return new Preflight(checks.stream().noneMatch(check -> check.status.equals("failed")), checks);
  }
}
