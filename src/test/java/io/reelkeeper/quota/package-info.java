/// Tests of the quota, and [Quotas], which makes one for the tests of others.
@org.jspecify.annotations.NullMarked
package io.reelkeeper.quota;
