/// The processes of a trial: the delivered jar, PostgreSQL, the sandbox, and what lies between.
@NullMarked
package io.reelkeeper.proof.lab;

import org.jspecify.annotations.NullMarked;
