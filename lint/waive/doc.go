// Package waive decides which waivers of a workspace hold, and reports those that do
// not.
//
// For most uses, Open is the function to call; the result is handed to
// compat.Comparison, which asks it about every break, and its Source runs behind that
// comparison. A waiver covers one finding: that of its fingerprint, which is made of the
// edit and of the released version that it breaks. The form of waivers.yaml belongs to
// contracts/waivers.
package waive
