declare module "*.css";
declare module "virtual:senders" {
  const pages: unknown;
  export default pages;
}
