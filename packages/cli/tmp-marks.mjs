import { enableCompileCache } from 'node:module'
enableCompileCache()
let seen=new Set(process.moduleLoadList); let last=process.cpuUsage();
const m=(n)=>{const c=process.cpuUsage();const now=process.moduleLoadList.filter(x=>!seen.has(x)); console.error('==',n,(((c.user+c.system)-(last.user+last.system))/1000).toFixed(1), now.length, now.filter(x=>x.startsWith('NativeModule')).map(x=>x.slice(13)).join(' ').slice(0,1500)); seen=new Set(process.moduleLoadList); last=process.cpuUsage()}
await import('node:child_process'); m('child_process')
await import('commander'); m('commander')
const fs=await import('node:fs');
const cli=fs.readdirSync(import.meta.dirname+'/dist').find(f=>f.startsWith('cli-'))
const {runCli}=await import(import.meta.dirname+'/dist/'+cli); m('cli')
await import('@payment-status/stripe'); m('stripe')
const {stdin,stdout,stderr}=process
await runCli(['explain','/tmp/cli-wh.json'],{stdin,stdout:{write(){return true},on(){},removeListener(){}},stderr,env:{},cwd:'/',signal:new AbortController().signal}); m('run explain')
process.exit()
