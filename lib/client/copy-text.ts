/** Puts text on the clipboard. False where the browser does not let a page do so (an address that is neither https nor this machine). */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
