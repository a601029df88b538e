package io.reelkeeper.audit;

import io.reelkeeper.core.Words;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/// What is known of the files of a task, or of a session. Those further down outweigh the others.
public enum AuditStatus {
  /// Nothing was recorded, so nothing is missed.
  EMPTY,
  VERIFIED,
  /// Some of it is in Agora's backup cloud, which forwards it some time.
  BACKED_UP,
  /// Some expected file is not there, or time is missing.
  INCOMPLETE,
  /// None is.
  MISSING,
  /// They lie at another profile.
  MISPLACED,
  /// The bucket cannot be read: nothing is known, least of all that files are missing.
  UNREACHABLE,
  /// Until the last pass or certainty.
  PENDING;

  /// The word of the API.
  public String word() {
    return Words.slug(this);
  }

  static AuditStatus ofWord(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /// What all tasks together come to.
  static AuditStatus of(Collection<AuditStatus> tasks) {
    Set<AuditStatus> all = EnumSet.noneOf(AuditStatus.class);
    all.addAll(tasks);
    AuditStatus worst = all.stream().max(AuditStatus::compareTo).orElse(EMPTY);
    boolean someAreThere = all.contains(VERIFIED) || all.contains(INCOMPLETE);
    return worst == MISSING && someAreThere ? INCOMPLETE : worst;
  }
}
