using Sandbox.Agent;
using Sandbox.Agent.Channel;
using Sandbox.Agent.Egress;
using Sandbox.Agent.Exec;
using Sandbox.Agent.Files;
using Sandbox.Agent.Loop;
using Sandbox.Agent.Native;

// Before anything else: no other thread may exist that could have opened a descriptor or read the token.
_ = Libc.Init();
if (args is not ["--socket", var socket] || Settings.TakeToken() is not { } given)
{
    Console.Error.WriteLine("usage: SANDBOX_TOKEN=… sandbox-agent --socket PATH");
    return 2;
}

uint user = Settings.User();
var loop = new EventLoop();
var supervisor = new Supervisor(loop, new Spawner(user, user, Settings.Processes()));
var files = new FileThread(user, user);
var token = new AgentToken(given);
var egress = new EgressListener();
var quiescence = new Quiescence(Path.GetDirectoryName(socket) ?? "/", token, loop, files, egress);
var router = new RequestRouter(
    token,
    supervisor,
    new ExecRequests(supervisor),
    new InputRequests(supervisor),
    new FileRequests(files),
    new FolderRequests(files),
    new TreeRequests(files),
    new WatchRequests(files, loop),
    new EgressRequests(egress),
    quiescence);
new Listener(socket, router, token, quiescence).Start();
loop.RunForever();
return 0;
