/// The operator's pages: what is recorded now, what is wrong, and what can be done about it.
///
/// It reads like `checklist` and `evidence`, and changes a session by a signal as `api` does.
@ApplicationModule(
    allowedDependencies = {
      "core",
      "session",
      "session :: limits",
      "session :: machine",
      "session :: state",
      "audit",
      "checklist",
      "evidence",
      "api",
      "api :: access",
      "api :: problem"
    })
@NullMarked
package io.reelkeeper.console;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
